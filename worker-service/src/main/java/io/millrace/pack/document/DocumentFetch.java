package io.millrace.pack.document;

import io.millrace.document.Document;
import io.millrace.document.DocumentFormat;
import io.millrace.worker.http.Contact;
import io.millrace.worker.http.GuardedClient;
import io.millrace.worker.http.HttpVerdict;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.TaskFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches documents from addresses that callers have chosen. Redirections are followed a few times, and where each leads
 * is judged as the first address was.
 */
final class DocumentFetch {

    private static final int MOST_REDIRECTIONS = 5;

    private final GuardedClient client;
    private final int maxBytes;
    private final Clock clock;

    DocumentFetch(GuardedClient client, int maxBytes, Clock clock) {
        this.client = client;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Answer(
            int status,
            @Nullable String contentType,
            @Nullable String location,
            @Nullable String retryAfter,
            byte @Nullable [] body) {}

    /**
     * Fetches a document.
     *
     * @throws PermanentFailure if it must not or cannot be had
     * @throws TaskFailure,RetryAfter if it may be had at another time
     */
    Document.Source fetch(String url) throws InterruptedException {
        URI at = address(url);
        for (int i = 0; i <= MOST_REDIRECTIONS; i++) {
            Answer answer = ask(at);
            if (answer.status() / 100 != 3 || answer.location() == null) {
                return read(answer, at);
            }
            at = at.resolve(address(answer.location()));
        }
        throw new PermanentFailure("TooManyRedirections", "the address leads from one to another without end");
    }

    private static URI address(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new PermanentFailure("ForbiddenAddress", "the address is not one of http or https");
        }
    }

    private Answer ask(URI url) throws InterruptedException {
        return switch (client.call(HttpMethod.GET, url, this::exchange)) {
            case Contact.Answered<Answer>(var answer) -> answer;
            case Contact.Silent<Answer>(var why) -> throw new TaskFailure("FetchFailed", why);
            case Contact.Forbidden<Answer>(var why) -> throw new PermanentFailure("ForbiddenAddress", why);
        };
    }

    private Future<Answer> exchange(HttpClientRequest request) {
        request.putHeader("User-Agent", "Millrace").putHeader("Accept", "*/*");
        // Said before it is sent: an answer without a body may else have ended before anybody listens.
        Future<Answer> answer = request.response().compose(this::receive);
        Future<HttpClientResponse> _ = request.send();
        return answer;
    }

    private Future<Answer> receive(HttpClientResponse response) {
        if (response.statusCode() / 100 != 2) {
            response.exceptionHandler(GuardedClient.UNHEARD);
            return Future.succeededFuture(answer(response, new byte[0]));
        }
        Promise<Answer> received = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(received::tryFail);
        response.handler(part -> {
            if (body.length() + part.length() > maxBytes) {
                received.tryComplete(answer(response, null));
            } else {
                body.appendBuffer(part);
            }
        });
        response.endHandler(_ -> received.tryComplete(answer(response, body.getBytes())));
        return received.future();
    }

    private static Answer answer(HttpClientResponse response, byte @Nullable [] body) {
        return new Answer(
                response.statusCode(),
                response.getHeader("Content-Type"),
                response.getHeader("Location"),
                response.getHeader("Retry-After"),
                body);
    }

    private Document.Source read(Answer answer, URI at) {
        String what = "the address was answered " + answer.status();
        Map<String, List<String>> told =
                answer.retryAfter() == null ? Map.of() : Map.of("Retry-After", List.of(answer.retryAfter()));
        switch (HttpVerdict.of(answer.status(), HttpHeaders.of(told, (_, _) -> true), clock.instant())) {
            case HttpVerdict.Good _ -> {}
            case HttpVerdict.Retry(var type) -> throw new TaskFailure(type, what);
            case HttpVerdict.RetryAfter(var type, var delay) -> throw new RetryAfter(type, what, delay);
            case HttpVerdict.GiveUp(var type) -> throw new PermanentFailure(type, what);
        }
        if (answer.body() == null) {
            throw new PermanentFailure("DocumentTooLarge", "the document has more than " + maxBytes + " bytes");
        }
        DocumentFormat format = Optional.ofNullable(answer.contentType())
                .flatMap(DocumentFormat::ofMediaType)
                .or(() -> byName(at))
                .orElseThrow(() -> new PermanentFailure(
                        "UnknownFormat", "a document of type " + answer.contentType() + " cannot be read"));
        return new Document.Source(format, answer.body());
    }

    /** Some servers say of everything that it is bytes. */
    private static Optional<DocumentFormat> byName(URI at) {
        String path = at.getPath() == null ? "" : at.getPath().toLowerCase(Locale.ROOT);
        return Arrays.stream(DocumentFormat.values())
                .filter(format -> path.endsWith("." + format.extension()))
                .findFirst();
    }
}
