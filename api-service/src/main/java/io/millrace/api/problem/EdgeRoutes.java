package io.millrace.api.problem;

import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Answers for paths that lead nowhere. */
@Singleton
class EdgeRoutes {

    void besideRoutes(@Observes Router router) {
        router.errorHandler(
                404, context -> Problems.answer(context, Problem.of(ProblemCode.NOT_FOUND, "There is nothing here.")));
    }
}
