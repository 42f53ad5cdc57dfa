package io.millrace.bench.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.bench.client.HttpConnection.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** The routes of Millrace's HTTP API that the bench uses. Safe for many threads: each call borrows a connection. */
final class Api {

    private static final String JOBS = "/api/v1/jobs";
    private static final String JSON = "application/json";

    private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

    private final URI server;
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    private final JsonFactory json = new JsonFactory();
    private final ObjectMapper mapper = new ObjectMapper(json);

    Api(URI server) {
        this.server = server;
    }

    /** Submits one job and returns its id. */
    String submit(NoopJob job) throws IOException {
        byte[] body = job.submission().getBytes(StandardCharsets.UTF_8);
        Response response = post(JOBS, JSON, body, body.length);
        if (response.status() != 202) {
            throw unexpected(response);
        }
        return jobId(response.body());
    }

    /** Submits many jobs in one call and returns their ids, in order. That any is refused is an error. */
    List<String> submit(List<NoopJob> jobs) throws IOException {
        StringBuilder lines = new StringBuilder(jobs.size() * 80);
        for (NoopJob job : jobs) {
            lines.append(job.submission()).append('\n');
        }
        byte[] body = lines.toString().getBytes(StandardCharsets.UTF_8);
        Response response = post(JOBS + "/bulk", "application/x-ndjson", body, body.length);
        if (response.status() != 200) {
            throw unexpected(response);
        }
        List<String> ids = jobIds(response.body(), jobs.size());
        if (ids.size() != jobs.size()) {
            throw unexpected(response);
        }
        return ids;
    }

    /** Whether a job has ended well. */
    boolean succeeded(String jobId) throws IOException {
        Response response = get(JOBS + "/" + jobId);
        if (response.status() != 200) {
            throw unexpected(response);
        }
        String state = topLevelText(response.body(), "state");
        if ("FAILURE".equals(state) || "REVOKED".equals(state)) {
            throw unexpected(response);
        }
        return "SUCCESS".equals(state);
    }

    /** The whole job, for checking. */
    JsonNode job(String jobId) throws IOException {
        Response response = get(JOBS + "/" + jobId);
        if (response.status() != 200) {
            throw unexpected(response);
        }
        return mapper.readTree(response.body());
    }

    /**
     * Waits until the API knows the bench's task, which a worker registers when it starts. Asks by submitting arguments
     * that the task's schema forbids: an unknown task is 404, a known one 422, and no job comes of either.
     */
    void awaitTask(Duration atMost) throws IOException, InterruptedException {
        byte[] body = NoopJob.FORBIDDEN.getBytes(StandardCharsets.UTF_8);
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Response response = post(JOBS, JSON, body, body.length);
            if (response.status() == 422) {
                return;
            }
            if (response.status() != 404 || System.nanoTime() > deadline) {
                throw unexpected(response);
            }
            Thread.sleep(100);
        }
    }

    private Response get(String path) throws IOException {
        HttpConnection connection = borrow();
        Response response = connection.get(path);
        idle.push(connection);
        return response;
    }

    private Response post(String path, String contentType, byte[] body, int length) throws IOException {
        HttpConnection connection = borrow();
        Response response = connection.post(path, contentType, body, length);
        idle.push(connection);
        return response;
    }

    private HttpConnection borrow() throws IOException {
        for (HttpConnection connection = idle.poll(); connection != null; connection = idle.poll()) {
            if (connection.idle().compareTo(LONGEST_IDLE) < 0) {
                return connection;
            }
            connection.close();
        }
        return new HttpConnection(server);
    }

    private String jobId(byte[] body) throws IOException {
        String id = topLevelText(body, "job_id");
        if (id == null) {
            throw new IOException("no job_id in " + new String(body, StandardCharsets.UTF_8));
        }
        return id;
    }

    private @Nullable String topLevelText(byte[] body, String field) throws IOException {
        try (JsonParser parser = json.createParser(body)) {
            parser.nextToken();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (name.equals(field)) {
                    return parser.getText();
                }
                if (value.isStructStart()) {
                    parser.skipChildren();
                }
            }
            return null;
        }
    }

    private List<String> jobIds(byte[] body, int expected) throws IOException {
        List<String> ids = new ArrayList<>(expected);
        try (JsonParser parser = json.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && parser.currentName().equals("job_id")) {
                    ids.add(parser.nextTextValue());
                }
            }
        }
        return ids;
    }

    private static IOException unexpected(Response response) {
        String text = response.text();
        return new IOException("HTTP " + response.status() + ": " + text.substring(0, Math.min(500, text.length())));
    }
}
