package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The HTTP API. Every request has a time limit. */
final class Api implements AutoCloseable {

    private static final String JSON = "application/json";
    private static final int FAILED = 400;

    private final HttpClient http;
    private final String base;
    private final Optional<String> token;
    private final Duration patience;

    /**
     * @param url of the API's service, such as {@code http://127.0.0.1:8080}
     * @param patience how long an answer may take, over what a request asks the API to wait itself
     */
    Api(URI url, Optional<String> token, Duration patience) {
        this.base = url.toString().replaceFirst("/+$", "") + "/api/v1";
        this.token = token;
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
    }

    JsonNode get(Query query) {
        return call("GET", query, null, Duration.ZERO);
    }

    /** A request that the API may keep for so long before it answers. */
    JsonNode get(Query query, Duration held) {
        return call("GET", query, null, held);
    }

    JsonNode post(Query query, JsonNode body) {
        return call("POST", query, body, Duration.ZERO);
    }

    /** Without a body. */
    JsonNode post(Query query) {
        return call("POST", query, null, Duration.ZERO);
    }

    JsonNode put(Query query, JsonNode body) {
        return call("PUT", query, body, Duration.ZERO);
    }

    JsonNode patch(Query query, JsonNode body) {
        return call("PATCH", query, body, Duration.ZERO);
    }

    void delete(Query query) {
        call("DELETE", query, null, Duration.ZERO);
    }

    /** Sends text as it is. */
    JsonNode post(Query query, String body, String contentType) {
        return send(
                request(query)
                        .header("Content-Type", contentType)
                        .timeout(patience)
                        .POST(BodyPublishers.ofString(body)),
                query);
    }

    /**
     * The lines of an endless answer, as they come.
     *
     * @param after the event after which to go on, null for from now
     */
    BufferedReader stream(Query query, @Nullable String after) {
        HttpRequest.Builder request = request(query).setHeader("Accept", "text/event-stream");
        if (after != null) {
            request.header("Last-Event-ID", after);
        }
        HttpResponse<InputStream> answer = exchange(request.GET().build(), BodyHandlers.ofInputStream(), query);
        var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        if (answer.statusCode() >= FAILED) {
            throw refused(answer.statusCode(), String.join("\n", lines.lines().toList()));
        }
        return lines;
    }

    private JsonNode call(String method, Query query, @Nullable JsonNode body, Duration held) {
        HttpRequest.Builder request = request(query).timeout(patience.plus(held));
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", JSON).method(method, BodyPublishers.ofString(body.toString()));
        }
        return send(request, query);
    }

    private HttpRequest.Builder request(Query query) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + query)).header("Accept", JSON);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private JsonNode send(HttpRequest.Builder request, Query query) {
        HttpResponse<String> answer = exchange(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8), query);
        if (answer.statusCode() >= FAILED) {
            throw refused(answer.statusCode(), answer.body());
        }
        try {
            return answer.body().isBlank() ? MissingNode.getInstance() : Values.MAPPER.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new Unreachable("What answers at " + base + " is not Millrace: it said no JSON.", e);
        }
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> body, Query query) {
        try {
            return http.send(request, body);
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new Unreachable(base + query + " does not answer (" + why + "). Is --url or MILLRACE_URL right?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("Interrupted.", e);
        }
    }

    /**
     * Whether what went wrong passes by itself where the API has answered before: it starts anew, or waits for its
     * database. Who waits or watches goes on across that.
     */
    static boolean isAway(RuntimeException wrong) {
        return wrong instanceof Unreachable || (wrong instanceof Refused refused && refused.isForNow());
    }

    private static Refused refused(int status, String body) {
        try {
            return new Refused(status, Problem.words(Values.MAPPER.readTree(body), "HTTP " + status));
        } catch (JsonProcessingException e) {
            // A proxy on the way has its own words.
            return new Refused(status, "HTTP " + status + ": " + body.strip());
        }
    }

    @Override
    public void close() {
        // Not close(), which would wait for a stream that nobody reads any more.
        http.shutdownNow();
    }
}
