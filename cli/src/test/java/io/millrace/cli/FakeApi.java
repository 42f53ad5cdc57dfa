package io.millrace.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An API that answers what it was told to. What it was not told of is a 404, as a problem. */
final class FakeApi implements AutoCloseable {

    /** What was asked of it. */
    record Request(String line, String body, @Nullable String authorization) {}

    private record Answer(int status, String body) {}

    private static final int HANGS_UP = 0;

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private FakeApi(HttpServer server) {
        this.server = server;
    }

    static FakeApi start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var api = new FakeApi(server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/api/v1/", api::handle);
            server.start();
            return api;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** @param line such as {@code GET /jobs?limit=50}; answered in the order in which they are said, the last again and again */
    FakeApi answers(String line, int status, String body) {
        answers.computeIfAbsent(line, _ -> new ArrayDeque<>()).add(new Answer(status, body));
        return this;
    }

    /** Takes the request and says nothing, as one that is being ended does. */
    FakeApi hangsUpOn(String line) {
        return answers(line, HANGS_UP, "");
    }

    List<Request> requests() {
        return requests;
    }

    Request only() {
        if (requests.size() != 1) {
            throw new AssertionError("not one request but " + requests);
        }
        return requests.getFirst();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString().substring("/api/v1".length());
            String line = exchange.getRequestMethod() + " " + path;
            requests.add(new Request(
                    line,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    exchange.getRequestHeaders().getFirst("Authorization")));
            Answer answer = next(answers.get(line));
            if (answer.status() == HANGS_UP) {
                return;
            }
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Answer next(@Nullable Deque<Answer> told) {
        if (told == null) {
            return new Answer(404, "{\"title\":\"There is no such thing\",\"status\":404,\"code\":\"not_found\"}");
        }
        synchronized (told) {
            return told.size() == 1 ? told.getFirst() : told.removeFirst();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
