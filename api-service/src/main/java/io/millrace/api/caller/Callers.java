package io.millrace.api.caller;

import io.millrace.access.Caller;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.JobFilter;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jspecify.annotations.Nullable;

/** The caller of the request that is being answered, and what follows for projects. */
public final class Callers {

    private static final String KEY = "millrace.caller";

    private Callers() {}

    /** Says who a request comes from. */
    public static void put(RoutingContext request, Caller caller) {
        request.put(KEY, caller);
    }

    /**
     * Who the request comes from that this thread answers. To be asked as a route begins, since what is left for later may
     * run where no request is known.
     *
     * @throws IllegalStateException if none is, or nobody has asked who it is from
     */
    public static Caller current() {
        var request = CurrentRequestManager.get();
        if (request != null && request.unwrap(RoutingContext.class).get(KEY) instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("nobody knows who is calling");
    }

    /**
     * The project of what a caller submits.
     *
     * @param asked the one that the request names, if it does
     * @throws Problem {@code project_forbidden} if it is not the caller's
     */
    public static @Nullable String project(Caller caller, @Nullable String asked) {
        if (asked != null && !caller.sees(asked)) {
            throw foreign(caller);
        }
        return asked == null ? caller.project() : asked;
    }

    /**
     * The projects whose things a caller may list. Empty for all.
     *
     * @throws Problem {@code project_forbidden} if others than the caller's are asked for
     */
    public static List<String> projects(Caller caller, List<String> asked) {
        String own = caller.project();
        if (own == null) {
            return asked;
        }
        if (!asked.stream().allMatch(own::equals)) {
            throw foreign(caller);
        }
        return List.of(own);
    }

    /** A filter that shows a caller nothing of other projects. @throws Problem as {@link #projects} */
    public static JobFilter within(Caller caller, JobFilter asked) {
        return asked.of(projects(caller, asked.projects()));
    }

    private static Problem foreign(Caller caller) {
        return Problem.of(
                ProblemCode.PROJECT_FORBIDDEN,
                "These credentials are good for project '" + caller.project() + "' only.");
    }
}
