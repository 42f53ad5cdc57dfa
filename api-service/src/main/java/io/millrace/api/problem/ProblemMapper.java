package io.millrace.api.problem;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;

/** Answers for whatever a route throws. */
public final class ProblemMapper {

    private static final String RETRY_AFTER_SECONDS = "1";

    @ServerExceptionMapper
    public Response any(Throwable thrown) {
        return response(Problems.of(thrown));
    }

    /** What the framework refuses before a route is reached; without this it would answer by itself. */
    @ServerExceptionMapper
    public Response refused(WebApplicationException thrown) {
        return response(Problems.of(thrown));
    }

    private static Response response(Problem problem) {
        // As text, so that it is the same whatever the caller accepts.
        var response = Response.status(problem.code().status())
                .type(Problems.MEDIA_TYPE)
                .entity(Problems.json(problem));
        if (problem.code().status() == Response.Status.SERVICE_UNAVAILABLE.getStatusCode()) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (problem.code() == ProblemCode.METHOD_NOT_ALLOWED) {
            response.allow(allowed());
        }
        return response.build();
    }

    private static Set<String> allowed() {
        var request = CurrentRequestManager.get();
        return request == null ? Set.of() : AllowedMethods.at(request);
    }
}
