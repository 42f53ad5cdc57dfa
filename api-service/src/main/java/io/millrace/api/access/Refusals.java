package io.millrace.api.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.access.Kind;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** How a request is turned away. */
@Singleton
class Refusals {

    /** What is sent to somebody who is turned away is read to its end up to so many bytes, for them to hear the answer. */
    private static final long DRAINED = 1 << 20;

    private final MeterRegistry metrics;

    Refusals(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** Answers with a problem; a person who looks at a page with a browser is sent to log in. */
    void refuse(RoutingContext context, Problem problem) {
        Counter.builder("millrace.access.refused")
                .description("Requests that were turned away at the door")
                .tag("code", problem.code().wireName())
                .register(metrics)
                .increment();
        HttpServerRequest request = context.request();
        if (request.isEnded() || request.response().closed()) {
            answer(context, problem);
        } else if (length(request) <= DRAINED) {
            request.handler(_ -> {}).endHandler(_ -> answer(context, problem)).resume();
        } else {
            if (request.version() != HttpVersion.HTTP_2) {
                context.response().putHeader(HttpHeaders.CONNECTION, "close");
            }
            answer(context, problem);
        }
    }

    /** What is announced; without a word it may be anything. */
    private static long length(HttpServerRequest request) {
        String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (announced == null) {
            return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null ? 0 : Long.MAX_VALUE;
        }
        try {
            return request.getHeader(HttpHeaders.EXPECT) == null ? Long.parseLong(announced) : Long.MAX_VALUE;
        } catch (NumberFormatException e) {
            // Vert.x refuses such a request itself.
            return Long.MAX_VALUE;
        }
    }

    private static void answer(RoutingContext context, Problem problem) {
        if (problem.code() == ProblemCode.UNAUTHENTICATED) {
            if (wantsPage(context.request())) {
                context.response()
                        .setStatusCode(303)
                        .putHeader(
                                HttpHeaders.LOCATION,
                                "/login?to="
                                        + URLEncoder.encode(context.request().uri(), StandardCharsets.UTF_8))
                        .end();
                return;
            }
            boolean shown = context.request().getHeader(HttpHeaders.AUTHORIZATION) != null;
            context.response()
                    .putHeader(
                            "WWW-Authenticate",
                            "Bearer realm=\"millrace\"" + (shown ? ", error=\"invalid_token\"" : ""));
        }
        Problems.answer(context, problem);
    }

    private static boolean wantsPage(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.method().equals(HttpMethod.GET)
                && accept != null
                && accept.contains("text/html")
                && !path(request).startsWith("/api/")
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null;
    }

    /** Told in the same words as of what does not exist: that is what it does for this caller. */
    static Problem notFound(Kind kind, String id) {
        return switch (kind) {
            case JOB -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no job '" + id + "'.");
            case BATCH -> Problem.of(ProblemCode.BATCH_NOT_FOUND, "There is no batch '" + id + "'.");
            case CALLBACK -> Problem.of(ProblemCode.CALLBACK_NOT_FOUND, "There is no callback '" + id + "'.");
            case WORKFLOW_BATCH ->
                Problem.of(ProblemCode.BATCH_NOT_FOUND, "There is no batch '" + id + "' of remote workflows.");
            case LLM_CALL -> Problem.of(ProblemCode.CALL_NOT_FOUND, "Job '" + id + "' is no call of a language model.");
            case DOCUMENT -> Problem.of(ProblemCode.DOCUMENT_NOT_FOUND, "There is no document '" + id + "'.");
            case AUDIO_JOB -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no audio job '" + id + "'.");
            case WORKFLOW_JOB -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no workflow job '" + id + "'.");
        };
    }

    /** Where a request leads; empty where that is nowhere, as of {@code OPTIONS *}. */
    static String path(HttpServerRequest request) {
        String path = request.path();
        return path == null ? "" : path;
    }

    /** Where a request comes from. */
    static String address(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        return remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress();
    }
}
