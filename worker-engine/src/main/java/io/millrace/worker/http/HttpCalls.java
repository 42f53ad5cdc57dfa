package io.millrace.worker.http;

import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.TaskFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Calls other systems for tasks, so that a failed call fails the run in the right way: at once and for good where another
 * attempt would be answered the same, with a retry where it might not, and not before the time that the other side has
 * asked for. Nothing is waited for without end, and no answer is larger than what was said. It takes any number of calls
 * at once; a bean that makes calls has one of these. What is called is told where in its trace the run is, by the header
 * {@code traceparent}.
 *
 * <pre>{@code
 * private final HttpCalls http = new HttpCalls(Duration.ofSeconds(10), 1 << 20);
 *
 * @Task(name = "poll_job_status", softTimeLimit = "50s", timeLimit = "60s")
 * Status poll(Poll args) throws InterruptedException {
 *     var request = HttpRequest.newBuilder(URI.create("https://workflows.example/jobs/" + args.jobId())).build();
 *     return read(HttpCalls.text(http.send(request)));
 * }
 * }</pre>
 *
 * <table>
 * <caption>What becomes of the run</caption>
 * <tr><td>2xx, 304</td><td>the answer is returned</td></tr>
 * <tr><td>429, 503 and other 5xx with {@code Retry-After}</td><td>{@link RetryAfter}, at most a day</td></tr>
 * <tr><td>429 and 5xx without it, 408, 425</td><td>{@link TaskFailure}: the retry policy decides</td></tr>
 * <tr><td>no answer in time, no connection, one that broke</td><td>{@link TaskFailure}</td></tr>
 * <tr><td>other 4xx, 3xx, an answer that is too large</td><td>{@link PermanentFailure}</td></tr>
 * </table>
 */
public final class HttpCalls {

    private static final int SHOWN = 200;

    private final HttpClient client;
    private final Duration timeout;
    private final int maxBody;
    private final Clock clock;

    /**
     * Calls that follow no redirects and need at most a third of their time to connect.
     *
     * @param timeout for a whole call, from the connection to the last byte of the answer
     * @param maxBody bytes of an answer
     */
    public HttpCalls(Duration timeout, int maxBody) {
        this(HttpClient.newBuilder().connectTimeout(timeout.dividedBy(3)).build(), timeout, maxBody, Clock.systemUTC());
    }

    /**
     * Calls by a client of one's own, such as one that follows redirects or goes through a proxy.
     *
     * @param clock by which a {@code Retry-After} that is a time is read
     */
    public HttpCalls(HttpClient client, Duration timeout, int maxBody, Clock clock) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a call needs a positive timeout, not " + timeout);
        }
        if (maxBody < 0) {
            throw new IllegalArgumentException("an answer cannot have fewer bytes than none, but " + maxBody);
        }
        this.client = client;
        this.timeout = timeout;
        this.maxBody = maxBody;
        this.clock = clock;
    }

    /**
     * Sends a request and waits for all of the answer.
     *
     * @param request its own timeout, if it has one, is for the beginning of the answer
     * @throws RetryAfter if another attempt makes sense, but not before the other side has said
     * @throws TaskFailure if another attempt makes sense
     * @throws PermanentFailure if it does not
     * @throws InterruptedException if the run is to end; the call is ended with it
     */
    public HttpResponse<byte[]> send(HttpRequest request) throws InterruptedException {
        return send(request, Set.of(), _ -> {}, Withheld.NOTHING);
    }

    /**
     * As {@link #send(HttpRequest)}, where some statuses are answers as well, such as 404 to the question whether there is
     * something.
     */
    public HttpResponse<byte[]> send(HttpRequest request, Set<Integer> answers) throws InterruptedException {
        return send(request, answers, _ -> {}, Withheld.NOTHING);
    }

    /**
     * As {@link #send(HttpRequest)}, for an answer that comes bit by bit, of which somebody wants to tell before all of it is
     * there.
     *
     * @param heard is told each part of an answer that is no error as it comes, one after the other, on a thread of the
     *     client; it must be quick and throw nothing
     * @param withheld what is not told of an error's body, the beginning of which is a part of the failure; the answer
     *     that is returned is as it came
     */
    public HttpResponse<byte[]> send(HttpRequest request, Consumer<byte[]> heard, Withheld withheld)
            throws InterruptedException {
        return send(request, Set.of(), heard, withheld);
    }

    private HttpResponse<byte[]> send(
            HttpRequest request, Set<Integer> answers, Consumer<byte[]> heard, Withheld withheld)
            throws InterruptedException {
        HttpResponse<byte[]> answer = answer(request, heard);
        if (answers.contains(answer.statusCode())) {
            return answer;
        }
        String what = describe(request) + " was answered " + answer.statusCode();
        return switch (HttpVerdict.of(answer.statusCode(), answer.headers(), clock.instant())) {
            case HttpVerdict.Good _ -> answer;
            case HttpVerdict.Retry(var type) -> throw new TaskFailure(type, what + beginning(answer, withheld));
            case HttpVerdict.RetryAfter(var type, var delay) ->
                throw new RetryAfter(type, what + ", again after " + delay + beginning(answer, withheld), delay);
            case HttpVerdict.GiveUp(var type) -> throw new PermanentFailure(type, what + beginning(answer, withheld));
        };
    }

    /** The body of an answer as text in UTF-8. */
    public static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private HttpResponse<byte[]> answer(HttpRequest request, Consumer<byte[]> heard) throws InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> call =
                client.sendAsync(TraceHeader.on(request), BoundedBody.handler(maxBody, heard));
        try {
            // The client's own timeout ends with the head of the answer; a body may trickle for ever.
            return call.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new TaskFailure("HttpTimeout", describe(request) + " was not answered within " + timeout, e);
        } catch (ExecutionException e) {
            throw failed(request, e.getCause() == null ? e : e.getCause());
        } finally {
            // Whatever happened, nobody waits for it any more.
            call.cancel(true);
        }
    }

    private RuntimeException failed(HttpRequest request, Throwable cause) {
        String what = describe(request);
        return switch (cause) {
            case BoundedBody.TooLarge large -> {
                var failure = new PermanentFailure("HttpBodyTooLarge", what + ": " + large.getMessage());
                failure.initCause(large);
                yield failure;
            }
            case HttpTimeoutException late ->
                new TaskFailure("HttpTimeout", what + " was not answered in time: " + late.getMessage(), late);
            case IOException broken ->
                new TaskFailure("HttpConnectionFailed", what + " could not be made: " + broken, broken);
            case RuntimeException other -> other;
            default -> new IllegalStateException(what + " failed in an unknown way", cause);
        };
    }

    /** Without its query and user, which may be secret. */
    private static String describe(HttpRequest request) {
        URI uri = request.uri();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return request.method() + " " + uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
    }

    private static String beginning(HttpResponse<byte[]> answer, Withheld withheld) {
        // Before it is cut: half a secret would not be found.
        String text = withheld.outOf(text(answer)).strip();
        return text.isEmpty() ? "" : ": " + (text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…");
    }
}
