package io.millrace.pack.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A provider that speaks as OpenAI's and Anthropic's APIs do and ends each call as the query says: {@code "x|429:1,answer"}
 * is refused once and answered then. A stream that is {@code held} stops after its first word, until somebody has released
 * the semaphore that a test has as a field. It never forgets to say the key it was given, wherever an API might.
 */
public final class FakeProvider implements QuarkusTestResourceLifecycleManager, AutoCloseable {

    static final String KEY = "sk-secret-0123456789";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final Semaphore released = new Semaphore(0);
    private @Nullable HttpServer server;

    @Override
    public Map<String, String> start() {
        return Map.of(
                "millrace.llm.providers.openai.base-url",
                begin(),
                "millrace.llm.providers.openai.api-key",
                KEY,
                "millrace.llm.providers.impatient.kind",
                "openai",
                "millrace.llm.providers.impatient.base-url",
                url(),
                "millrace.llm.providers.impatient.api-key",
                KEY,
                "millrace.llm.providers.impatient.timeout",
                "4s",
                "millrace.llm.providers.anthropic.base-url",
                url() + "/",
                "millrace.llm.providers.anthropic.api-key",
                KEY);
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(released, new TestInjector.MatchesType(Semaphore.class));
    }

    /** Begins to listen. @return the base URL */
    String begin() {
        try {
            var started = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
            started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            started.createContext("/v1/chat/completions", exchange -> answer(exchange, true));
            started.createContext("/v1/messages", exchange -> answer(exchange, false));
            started.start();
            server = started;
            return url();
        } catch (IOException e) {
            throw new IllegalStateException("loopback has a free port", e);
        }
    }

    private String url() {
        HttpServer started = server;
        return started == null ? "" : "http://127.0.0.1:" + started.getAddress().getPort();
    }

    /** How often this query has come. */
    int asked(String query) {
        return asked.getOrDefault(query, new AtomicInteger()).get();
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void answer(HttpExchange exchange, boolean openAi) throws IOException {
        try (exchange) {
            JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            String key = openAi
                    ? String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                            .replace("Bearer ", "")
                    : String.valueOf(exchange.getRequestHeaders().getFirst("x-api-key"));
            JsonNode messages = body.path("messages");
            String query = messages.path(messages.size() - 1).path("content").asText();
            String[] script = query.contains("|")
                    ? query.substring(query.indexOf('|') + 1).split(",", -1)
                    : new String[0];
            int turn = asked.computeIfAbsent(query, _ -> new AtomicInteger()).getAndIncrement();
            String[] step = (turn < script.length ? script[turn] : "answer").split(":", -1);
            if (!key.equals(KEY)) {
                reply(exchange, 401, "wrong key " + key);
                return;
            }
            switch (step[0]) {
                case "answer", "held" -> reply(exchange, body, query, openAi, true, step[0].equals("held"));
                case "slow" -> {
                    pause(Integer.parseInt(step[1]));
                    reply(exchange, body, query, openAi, true, false);
                }
                case "cut" -> reply(exchange, body, query, openAi, false, false);
                case "malformed" -> reply(exchange, 200, "{\"choices\": [], \"said\": \"" + key);
                case "escaped" ->
                    reply(
                            exchange,
                            200,
                            "{\"choices\": [{\"message\": {\"content\": \"" + escaped(key)
                                    + "\"}, \"finish_reason\": \"stop\"}]}");
                case "refused" -> reply(exchange, 400, escaped(key));
                case "cutoff" -> reply(exchange, 400, "x".repeat(190) + key);
                case "large" -> reply(exchange, 200, "x".repeat(8 << 20));
                case "drop" -> {}
                default -> {
                    if (step.length == 2) {
                        exchange.getResponseHeaders().set("Retry-After", step[1]);
                    }
                    reply(exchange, Integer.parseInt(step[0]), "{\"error\": \"" + step[0] + " for key " + key + "\"}");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String escaped(String key) {
        return key.replace("s", "\\u0073").replace("-", "\\u002D");
    }

    private static void pause(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private void reply(HttpExchange exchange, JsonNode body, String query, boolean openAi, boolean whole, boolean held)
            throws IOException, InterruptedException {
        String text = "You said " + query.split("\\|", -1)[0] + " with " + KEY;
        if (!body.path("stream").asBoolean()) {
            String json = openAi ? """
                    {"id": "a1", "model": "%s-2026", "choices": [{"message": {"content": "%s"}, "finish_reason": "stop"}],
                     "usage": {"prompt_tokens": 11, "completion_tokens": 7}}""" : """
                    {"id": "m1", "model": "%s-2026", "content": [{"type": "text", "text": "%s"}], "stop_reason": "end_turn",
                     "usage": {"input_tokens": 11, "output_tokens": 7}}""";
            reply(exchange, 200, json.formatted(body.path("model").asText(), text));
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        if (!openAi) {
            event(
                    out,
                    "{\"type\": \"message_start\", \"message\": {\"id\": \"m1\", \"model\": \"claude-2026\", \"usage\": {\"input_tokens\": 11}}}");
            event(out, "{\"type\": \"ping\"}");
        }
        boolean holds = held;
        // The key comes in pieces too.
        for (String word : text.split("(?<= |secret)", -1)) {
            String delta = openAi
                    ? "{\"id\": \"a1\", \"model\": \"gpt-2026\", \"choices\": [{\"delta\": {\"content\": \"%s\"}}]}"
                    : "{\"type\": \"content_block_delta\", \"delta\": {\"type\": \"text_delta\", \"text\": \"%s\"}}";
            event(out, delta.formatted(word));
            if (holds) {
                released.acquire();
                holds = false;
            }
            pause(60);
        }
        if (whole && openAi) {
            event(out, "{\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}");
            event(out, "{\"choices\": [], \"usage\": {\"prompt_tokens\": 11, \"completion_tokens\": 7}}");
            event(out, "[DONE]");
        } else if (whole) {
            event(
                    out,
                    "{\"type\": \"message_delta\", \"delta\": {\"stop_reason\": \"end_turn\"}, \"usage\": {\"output_tokens\": 7}}");
            event(out, "{\"type\": \"message_stop\"}");
        }
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
