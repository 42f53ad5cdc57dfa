package io.millrace.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An API of remote workflows that does as it is told, for tests and for watching: {@code POST /v1/workflows} takes one
 * (202, with a {@code workflow_id}), {@code GET /v1/workflows/{id}} tells its status and progress,
 * {@code POST /v1/workflows/{id}/cancel} ends it. A submission with an {@code Idempotency-Key} that was seen before gets
 * the workflow that it started then.
 *
 * <p>What becomes of a workflow is written in its payload, as {@code "simulate"}: {@code outcome} ({@code completed} unless
 * it says {@code failed}, {@code cancelled} or {@code stuck}), after how many {@code polls} (3) or {@code seconds}; and
 * which faults come first, in {@code submit}, {@code poll} and {@code cancel}, a list each. A fault is an HTTP status
 * ({@code "503"}), one with Retry-After ({@code "429:2"}), {@code "lost"} (done, but the answer is lost), {@code "drop"}
 * (not done either), {@code "malformed"} (done, but the answer is no JSON), {@code "large"}, {@code "late:3"} (done, and
 * answered after 3 seconds), {@code "held"} (done, and answered after the next {@code PUT /simulator}), or {@code "ok"}
 * (none).
 *
 * <p>{@code PUT /simulator} makes it misbehave towards everybody: {@code latency_millis}, {@code down}, and
 * {@code fail_every}, {@code throttle_every}, {@code lose_every} so many requests. {@code GET /simulator} tells what it has
 * seen, so that it can be compared with what Millrace says.
 */
public final class WorkflowSimulator implements AutoCloseable {

    private static final int MAX_BODY = 4 << 20;
    private static final int KEPT = 200_000;
    private static final int BACKLOG = 1_024;
    private static final int LARGE = 4 << 20;
    private static final int DEFAULT_POLLS = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads;
    private final CountDownLatch ended = new CountDownLatch(1);

    // All below is guarded by this.
    private final Map<String, Remote> workflows = new LinkedHashMap<>();
    private final Map<String, String> byKey = new HashMap<>();
    private final Map<String, Deque<String>> submitFaults = new HashMap<>();
    private final Map<String, Long> seen = new TreeMap<>();
    private long requests;
    private ObjectNode behaviour = JSON.createObjectNode();
    private long behaviours;
    private @Nullable String credentials;

    private WorkflowSimulator(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** A workflow as it stands here. */
    private static final class Remote {
        private final String id;
        private final String outcome;
        private final int polls;
        private final @Nullable Duration lasts;
        private final Instant began = Instant.now();
        private final Deque<String> pollFaults;
        private final Deque<String> cancelFaults;
        private int polled;
        private String status = "queued";

        Remote(String id, JsonNode script) {
            this.id = id;
            this.outcome = script.path("outcome").asText("completed");
            this.polls = script.path("polls").asInt(DEFAULT_POLLS);
            this.lasts = script.has("seconds")
                    ? Duration.ofMillis(Math.round(script.path("seconds").asDouble() * 1_000))
                    : null;
            this.pollFaults = faults(script, "poll");
            this.cancelFaults = faults(script, "cancel");
        }

        private boolean over() {
            return !status.equals("queued") && !status.equals("running");
        }

        private double share() {
            double share = lasts == null
                    ? (double) polled / Math.max(1, polls)
                    : (double) Duration.between(began, Instant.now()).toMillis() / Math.max(1, lasts.toMillis());
            return Math.clamp(share, 0.0, 1.0);
        }

        private void poll() {
            polled++;
            if (over()) {
                return;
            }
            status = "running";
            if (share() >= 1 && !outcome.equals("stuck")) {
                status = outcome;
            }
        }

        private ObjectNode json() {
            double progress = status.equals("completed") ? 100 : Math.min(99, Math.floor(share() * 100));
            ObjectNode body = JSON.createObjectNode().put("workflow_id", id).put("status", status);
            body.put("progress", progress);
            if (status.equals("failed")) {
                body.put("message", "the model did not converge");
            }
            return body;
        }
    }

    private static Deque<String> faults(JsonNode script, String step) {
        Deque<String> faults = new ArrayDeque<>();
        script.path(step).forEach(fault -> faults.add(fault.asText()));
        return faults;
    }

    /** Starts it on this port of the loopback interface; 0 takes any. */
    public static WorkflowSimulator start(int port) {
        // Otherwise every answer waits for the acknowledgement of its own headers. It is read once, by the first
        // server.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            HttpServer server =
                    HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), BACKLOG);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            WorkflowSimulator simulator = new WorkflowSimulator(server, threads);
            server.setExecutor(threads);
            server.createContext("/", simulator::handle);
            server.start();
            return simulator;
        } catch (IOException e) {
            throw new UncheckedIOException("The simulator cannot listen on port " + port, e);
        }
    }

    /** Where it listens. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on, requests must carry this as their Authorization. */
    public synchronized void require(String authorization) {
        credentials = authorization;
    }

    /** How often it has seen something: {@code submissions}, {@code workflows}, {@code repeated}, {@code polls}, {@code cancels}, {@code faults}, {@code keyless}. */
    public synchronized long seen(String what) {
        return seen.getOrDefault(what, 0L);
    }

    /** How many of its workflows have this status. */
    public synchronized long withStatus(String status) {
        return workflows.values().stream()
                .filter(remote -> remote.status.equals(status))
                .count();
    }

    /** Forgets a workflow, as if it had never been. */
    public synchronized void forget(String workflowId) {
        workflows.remove(workflowId);
    }

    /** Misbehaves from now on as {@code PUT /simulator} would have it, as JSON; {@code {}} behaves. */
    public void behave(String json) {
        JsonNode read = parse(json.getBytes(StandardCharsets.UTF_8));
        synchronized (this) {
            behaviour = read instanceof ObjectNode object ? object : JSON.createObjectNode();
            behaviours++;
            notifyAll();
        }
    }

    /** Waits until it is closed. */
    void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        ended.countDown();
    }

    /** What is answered. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared: it is only carried to whoever writes it.
    private record Answer(int status, byte[] body, @Nullable String retryAfter, Duration late, boolean lost) {

        static Answer json(int status, JsonNode body) {
            return new Answer(status, body.toString().getBytes(StandardCharsets.UTF_8), null, Duration.ZERO, false);
        }

        static Answer error(int status, String message) {
            return json(status, JSON.createObjectNode().put("message", message));
        }

        static Answer nothing() {
            return new Answer(0, new byte[0], null, Duration.ZERO, true);
        }
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
            Answer answer = answer(exchange, body);
            if (answer.late().isPositive()) {
                Thread.sleep(answer.late());
            }
            if (answer.lost()) {
                // Closing without an answer breaks the connection.
                return;
            }
            if (answer.retryAfter() != null) {
                exchange.getResponseHeaders().set("Retry-After", answer.retryAfter());
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (IOException e) {
            // Whoever asked has gone, and needs no answer.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(HttpExchange exchange, byte[] body) throws InterruptedException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/simulator")) {
            return control(exchange.getRequestMethod(), body);
        }
        Duration latency;
        Answer answer;
        synchronized (this) {
            requests++;
            latency = Duration.ofMillis(behaviour.path("latency_millis").asLong(0));
            answer = behave(exchange, path, body);
        }
        Duration late = latency.plus(answer.late());
        return new Answer(answer.status(), answer.body(), answer.retryAfter(), late, answer.lost());
    }

    private Answer control(String method, byte[] body) {
        if (method.equals("PUT")) {
            behave(new String(body, StandardCharsets.UTF_8));
        }
        synchronized (this) {
            ObjectNode told = JSON.createObjectNode();
            told.set("behaviour", behaviour);
            ObjectNode counts = told.putObject("seen");
            seen.forEach(counts::put);
            ObjectNode statuses = told.putObject("workflows");
            Map<String, Integer> by = new TreeMap<>();
            workflows.values().forEach(remote -> by.merge(remote.status, 1, Integer::sum));
            by.forEach(statuses::put);
            return Answer.json(200, told);
        }
    }

    private Answer behave(HttpExchange exchange, String path, byte[] body) throws InterruptedException {
        if (credentials != null
                && !credentials.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            count("faults");
            return Answer.error(
                    401, "who are you? not " + exchange.getRequestHeaders().getFirst("Authorization"));
        }
        if (behaviour.path("down").asBoolean(false)) {
            count("faults");
            return Answer.error(503, "down for maintenance");
        }
        if (due("fail_every")) {
            return fault("500", exchange, path, body);
        }
        if (due("throttle_every")) {
            return fault("429:1", exchange, path, body);
        }
        if (due("lose_every")) {
            return fault("lost", exchange, path, body);
        }
        String scripted = nextFault(exchange, path, body);
        return scripted == null ? serve(exchange, path, body) : fault(scripted, exchange, path, body);
    }

    private boolean due(String every) {
        long n = behaviour.path(every).asLong(0);
        return n > 0 && requests % n == 0;
    }

    private @Nullable String nextFault(HttpExchange exchange, String path, byte[] body) {
        if (path.equals("/v1/workflows")) {
            String key = key(exchange);
            return submitFaults
                    .computeIfAbsent(key, _ -> faults(parse(body).path("simulate"), "submit"))
                    .poll();
        }
        Remote remote = workflows.get(idIn(path));
        if (remote == null) {
            return null;
        }
        return path.endsWith("/cancel") ? remote.cancelFaults.poll() : remote.pollFaults.poll();
    }

    private Answer fault(String fault, HttpExchange exchange, String path, byte[] body) throws InterruptedException {
        if (fault.equals("ok")) {
            return serve(exchange, path, body);
        }
        count("faults");
        String[] parts = fault.split(":", 2);
        String more = parts.length == 2 ? parts[1] : null;
        return switch (parts[0]) {
            case "lost" -> {
                serve(exchange, path, body);
                yield Answer.nothing();
            }
            case "drop" -> Answer.nothing();
            case "malformed" -> {
                serve(exchange, path, body);
                yield new Answer(200, "<html>".getBytes(StandardCharsets.UTF_8), null, Duration.ZERO, false);
            }
            case "large" -> new Answer(200, new byte[LARGE], null, Duration.ZERO, false);
            case "late" -> {
                Answer served = serve(exchange, path, body);
                Duration late = Duration.ofMillis(Math.round(Double.parseDouble(String.valueOf(more)) * 1_000));
                yield new Answer(served.status(), served.body(), null, late, false);
            }
            case "held" -> {
                Answer served = serve(exchange, path, body);
                long now = behaviours;
                while (behaviours == now) {
                    // Gives up what guards all this, so that others are answered meanwhile.
                    wait();
                }
                yield served;
            }
            default -> {
                int status = Integer.parseInt(parts[0]);
                ObjectNode told = JSON.createObjectNode().put("message", "scripted " + status);
                yield new Answer(status, told.toString().getBytes(StandardCharsets.UTF_8), more, Duration.ZERO, false);
            }
        };
    }

    private Answer serve(HttpExchange exchange, String path, byte[] body) {
        if (path.equals("/v1/workflows") && exchange.getRequestMethod().equals("POST")) {
            return submit(exchange, body);
        }
        Remote remote = workflows.get(idIn(path));
        if (path.endsWith("/cancel") && exchange.getRequestMethod().equals("POST")) {
            count("cancels");
            return remote == null ? Answer.error(404, "no such workflow") : cancel(remote);
        }
        if (exchange.getRequestMethod().equals("GET") && path.startsWith("/v1/workflows/")) {
            count("polls");
            if (remote == null) {
                return Answer.error(404, "no such workflow");
            }
            remote.poll();
            return Answer.json(200, remote.json());
        }
        return Answer.error(404, "nothing is here");
    }

    private Answer submit(HttpExchange exchange, byte[] body) {
        count("submissions");
        String key = key(exchange);
        String known = byKey.get(key);
        if (known != null) {
            count("repeated");
            Remote before = workflows.get(known);
            return before == null ? Answer.error(409, "that workflow is forgotten") : Answer.json(202, before.json());
        }
        count("workflows");
        Remote remote = new Remote("wf-" + seen.get("workflows"), parse(body).path("simulate"));
        workflows.put(remote.id, remote);
        byKey.put(key, remote.id);
        if (workflows.size() > KEPT) {
            workflows.remove(workflows.keySet().iterator().next());
        }
        return Answer.json(202, remote.json());
    }

    private static Answer cancel(Remote remote) {
        if (remote.over()) {
            return Answer.error(409, "it is " + remote.status);
        }
        remote.status = "cancelled";
        return Answer.json(202, remote.json());
    }

    /** A submission without a key is a new one each time. */
    private String key(HttpExchange exchange) {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        if (key != null) {
            return key;
        }
        count("keyless");
        return "request " + requests;
    }

    private static String idIn(String path) {
        String[] parts = path.split("/", -1);
        return parts.length > 3 ? parts[3] : "";
    }

    private void count(String what) {
        seen.merge(what, 1L, Long::sum);
    }

    private static JsonNode parse(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
    }
}
