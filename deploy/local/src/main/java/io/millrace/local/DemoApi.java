package io.millrace.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * What a demo asks over HTTP, with the API key in {@code MILLRACE_TOKEN} if there is one, as the command line does. Whatever
 * is not answered with success and JSON ends the demo as a {@link LocalFailure}.
 */
final class DemoApi {

    /** The environment variable with the API key. */
    static final String TOKEN = "MILLRACE_TOKEN";

    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(REQUEST_LIMIT).build();
    private final String base;

    /** @param base what the paths are below, such as {@code http://127.0.0.1:8080/api/v1} */
    DemoApi(String base) {
        this.base = base;
    }

    /** The address of a path. */
    String address(String path) {
        return base + path;
    }

    JsonNode get(String path) {
        return send(HttpRequest.newBuilder(URI.create(address(path))).GET());
    }

    JsonNode post(String path, JsonNode body) {
        return send("POST", path, body);
    }

    JsonNode send(String method, String path, JsonNode body) {
        return send(HttpRequest.newBuilder(URI.create(address(path)))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    JsonNode send(HttpRequest.Builder builder) {
        String token = System.getenv(TOKEN);
        if (token != null && !token.isBlank()) {
            builder.header("Authorization", "Bearer " + token.strip());
        }
        HttpRequest request = builder.timeout(REQUEST_LIMIT).build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 401) {
                throw new LocalFailure(request.uri() + " needs an API key of a submitter: say it as " + TOKEN
                        + " in the environment.");
            }
            if (response.statusCode() / 100 != 2) {
                throw new LocalFailure(request.method() + " " + request.uri() + " answered " + response.statusCode()
                        + ": " + response.body());
            }
            return json.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new LocalFailure(request.uri() + " did not answer with JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new LocalFailure(request.uri() + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Why a job has not ended, as the API says it. */
    String why(String jobId) {
        return get("/jobs/" + jobId + "/why").at("/because/0/message").asText();
    }

    /** Rests before the next look. */
    static void pause(Duration rest) {
        try {
            Thread.sleep(rest);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static LocalFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LocalFailure("Interrupted", e);
    }
}
