package io.millrace.api.body;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.Problems;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Refuses a body that announces to be too large. */
@Singleton
class OversizedBodies {

    // Before Quarkus's own limit, which answers without a body.
    private static final int FIRST = 1_000;

    private static final long TO_READ_THE_ANSWER_MILLIS = 2_000;

    private final BodyLimits limits;

    OversizedBodies(BodyLimits limits) {
        this.limits = limits;
    }

    void beforeRoutes(@Observes Filters filters) {
        filters.register(this::refuseOversized, FIRST);
    }

    private void refuseOversized(RoutingContext context) {
        HttpServerRequest request = context.request();
        String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        long length = announced == null ? 0 : length(announced);
        long limit = limits.at(request.path());
        if (length <= limit) {
            context.next();
            return;
        }
        Problem problem = BodyLimits.tooLarge(limit);
        boolean waitsForWord = request.getHeader(HttpHeaders.EXPECT) != null;
        boolean neverRead = waitsForWord || length > BodyLimits.DRAINED;
        if (request.version() != HttpVersion.HTTP_2) {
            context.response().putHeader(HttpHeaders.CONNECTION, "close");
            if (neverRead) {
                // What is still to come is in the way of a next request; but the answer is to arrive before all ends.
                context.response()
                        .endHandler(_ -> context.vertx()
                                .setTimer(
                                        TO_READ_THE_ANSWER_MILLIS,
                                        _ -> request.connection().close()));
            }
        }
        if (neverRead) {
            Problems.answer(context, problem);
        } else {
            request.handler(_ -> {})
                    .endHandler(_ -> Problems.answer(context, problem))
                    .resume();
        }
    }

    private static long length(String announced) {
        try {
            return Long.parseLong(announced);
        } catch (NumberFormatException e) {
            // Vert.x refuses such a request itself.
            return 0;
        }
    }
}
