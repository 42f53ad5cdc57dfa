package io.millrace.worker.http;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What an answer means for the job that waits for it. A pure function of the answer and the time. */
public sealed interface HttpVerdict {

    /** The longest wait that another system can ask for. */
    Duration LONGEST_WAIT = Duration.ofDays(1);

    /** It is what was asked for. */
    record Good() implements HttpVerdict {}

    /**
     * Another attempt may help; when, is the retry policy's to say.
     *
     * @param type what users see as {@code exc_type}
     */
    record Retry(String type) implements HttpVerdict {}

    /**
     * Another attempt may help, but not before so long.
     *
     * @param type what users see as {@code exc_type}
     */
    record RetryAfter(String type, Duration delay) implements HttpVerdict {}

    /**
     * Another attempt would be answered the same.
     *
     * @param type what users see as {@code exc_type}
     */
    record GiveUp(String type) implements HttpVerdict {}

    /**
     * Judges an answer. {@code Retry-After} is heard with 413, 429 and whatever is the server's own fault; with anything
     * else it says nothing about the same request.
     */
    static HttpVerdict of(int status, HttpHeaders headers, Instant now) {
        if ((status >= 200 && status < 300) || status == 304) {
            return new Good();
        }
        Optional<Duration> asked =
                headers.firstValue("Retry-After").flatMap(text -> RetryAfterHeader.read(text, now, LONGEST_WAIT));
        return switch (status) {
            case 429 -> later("HttpTooManyRequests", asked);
            case 503 -> later("HttpServiceUnavailable", asked);
            // The server gave up waiting for the request, or would not risk a replay: the same again may pass.
            case 408, 425 -> new Retry("HttpTryAgain");
            case 413 ->
                asked.<HttpVerdict>map(delay -> new RetryAfter("HttpClientError", delay))
                        .orElse(new GiveUp("HttpClientError"));
            default -> {
                if (status >= 500) {
                    yield later("HttpServerError", asked);
                }
                yield new GiveUp(status >= 400 ? "HttpClientError" : "HttpRedirect");
            }
        };
    }

    private static HttpVerdict later(String type, Optional<Duration> asked) {
        return asked.<HttpVerdict>map(delay -> new RetryAfter(type, delay)).orElse(new Retry(type));
    }
}
