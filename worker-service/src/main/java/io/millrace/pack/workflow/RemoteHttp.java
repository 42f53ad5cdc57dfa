package io.millrace.pack.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.worker.http.TraceHeader;
import io.millrace.worker.http.Withheld;
import io.millrace.workflow.RemoteAnswer;
import io.millrace.workflow.RemoteError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the remote API, and whatever came of it as a {@link RemoteAnswer}. It throws nothing but an interruption.
 * What it says of a failure names no credentials and no host, and quotes the remote side only in a few characters from
 * which the credentials have been taken out.
 */
final class RemoteHttp {

    private static final int MESSAGE_LENGTH = 300;
    private static final int WORKFLOW_ID_LENGTH = 200;
    private static final int STATUS_LENGTH = 100;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final RemoteConfig config;
    private final Withheld withheld;
    private final Clock clock;
    private final HttpClient http;

    RemoteHttp(RemoteConfig config, Clock clock) {
        this.config = config;
        this.withheld = withheld(config);
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                // Elsewhere our credentials are nobody's business.
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.connectTimeout())
                .build();
    }

    RemoteAnswer submit(String payload, String idempotencyKey) throws InterruptedException {
        return call(
                config.submitPath(),
                request -> request.POST(BodyPublishers.ofString(payload))
                        .header("Content-Type", "application/json")
                        .header(config.idempotencyHeader(), idempotencyKey));
    }

    RemoteAnswer poll(String workflowId) throws InterruptedException {
        return call(path(config.pollPath(), workflowId), HttpRequest.Builder::GET);
    }

    RemoteAnswer cancel(String workflowId) throws InterruptedException {
        return call(
                path(config.cancelPath(), workflowId),
                request -> request.method(config.cancelMethod(), BodyPublishers.noBody()));
    }

    private static String path(String template, String workflowId) {
        // A space in a path is %20; + would be a plus.
        String escaped = URLEncoder.encode(workflowId, StandardCharsets.UTF_8).replace("+", "%20");
        return template.replace("{workflow_id}", escaped);
    }

    @FunctionalInterface
    private interface Shape {
        HttpRequest.Builder on(HttpRequest.Builder request);
    }

    private RemoteAnswer call(String path, Shape shape) throws InterruptedException {
        URI base = config.baseUrl().orElse(null);
        if (base == null) {
            return new RemoteAnswer.Misconfigured(RemoteError.of(
                    "not_configured", "no remote API is configured (millrace.workflow.remote.base-url)"));
        }
        Duration limit = config.connectTimeout().plus(config.readTimeout());
        HttpRequest request;
        try {
            HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(withoutSlash(base) + path))
                    .timeout(limit)
                    .header("Accept", "application/json");
            config.credentials().ifPresent(secret -> builder.header(config.credentialsHeader(), secret));
            request = shape.on(builder).build();
        } catch (IllegalArgumentException e) {
            // Its message may quote a header, and with it the credentials.
            return new RemoteAnswer.Misconfigured(
                    RemoteError.of("not_configured", "the configuration of the remote API makes no valid request"));
        }
        return send(request, limit);
    }

    private static String withoutSlash(URI base) {
        String text = base.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private RemoteAnswer send(HttpRequest request, Duration limit) throws InterruptedException {
        // The limit of a request ends when its headers have come; ours also holds for a body that never does.
        var answer = http.sendAsync(
                TraceHeader.on(request),
                BodyHandlers.limiting(
                        BodyHandlers.ofByteArray(), config.maxAnswer().asLongValue()));
        try {
            return read(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            answer.cancel(true);
            return timedOut(limit);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            return noAnswer(e.getCause() == null ? e : e.getCause(), limit);
        }
    }

    private static RemoteAnswer timedOut(Duration limit) {
        return failed("timeout", "the remote side did not answer within " + limit);
    }

    private static RemoteAnswer noAnswer(Throwable thrown, Duration limit) {
        return switch (thrown) {
            case HttpConnectTimeoutException _ ->
                failed("connect_timeout", "the remote side took no connection in time");
            case java.net.http.HttpTimeoutException _ -> timedOut(limit);
            case ConnectException refused
            when refused.getCause() instanceof UnresolvedAddressException ->
                failed("unknown_host", "the remote side's address cannot be resolved");
            case ConnectException _ -> failed("connection_refused", "the remote side refused the connection");
            case IOException broken
            when String.valueOf(broken.getMessage()).contains("body exceeds") ->
                failed("answer_too_large", "the remote side's answer is too large");
            case Throwable broken ->
                failed(
                        "connection_broken",
                        "the connection to the remote side broke ("
                                + broken.getClass().getSimpleName() + ")");
        };
    }

    private static RemoteAnswer failed(String code, String message) {
        return new RemoteAnswer.NoAnswer(RemoteError.of(code, message));
    }

    private RemoteAnswer read(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        JsonNode body = json(response.body());
        if (status / 100 == 2) {
            return body == null || !body.isObject()
                    ? malformed(status, response)
                    : new RemoteAnswer.Understood(
                            status,
                            text(body, config.workflowIdField(), WORKFLOW_ID_LENGTH),
                            text(body, config.statusField(), STATUS_LENGTH),
                            progress(body.path(config.progressField())),
                            text(body, config.messageField(), MESSAGE_LENGTH));
        }
        Duration asked = response.headers()
                .firstValue("Retry-After")
                .flatMap(header -> RetryAfterHeader.parse(header, clock.instant()))
                .orElse(null);
        String message = body == null ? null : text(body, config.messageField(), MESSAGE_LENGTH);
        return new RemoteAnswer.Refused(status, asked, message);
    }

    /** A cancellation need not be answered with anything; what else must, says so by what it finds missing. */
    private static RemoteAnswer malformed(int status, HttpResponse<byte[]> response) {
        return response.body().length == 0
                ? new RemoteAnswer.Understood(status, null, null, null, null)
                : new RemoteAnswer.NoAnswer(new RemoteError(
                        "malformed_body", status, "the remote side's answer is not a JSON object", null));
    }

    private static @Nullable JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
    }

    private @Nullable String text(JsonNode body, String field, int longest) {
        JsonNode value = body.path(field);
        if (!value.isTextual() && !value.isNumber()) {
            return null;
        }
        // PostgreSQL stores no NUL.
        String text = withheld.outOf(value.asText()).replace('\0', ' ').strip();
        if (text.isEmpty()) {
            return null;
        }
        return text.length() <= longest ? text : text.substring(0, longest);
    }

    /** Also without what goes before it, such as Bearer. */
    private static Withheld withheld(RemoteConfig config) {
        return Withheld.of(Arrays.stream(config.credentials().orElse("").split(" ", -1))
                .filter(part ->
                        part.length() >= 4 && !part.equalsIgnoreCase("bearer") && !part.equalsIgnoreCase("basic"))
                .toList());
    }

    private static @Nullable Double progress(JsonNode value) {
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        return Double.isFinite(number) ? Math.clamp(number, 0.0, 100.0) : null;
    }
}
