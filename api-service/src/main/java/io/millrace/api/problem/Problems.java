package io.millrace.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.store.StoreUnavailable;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.pgclient.PgException;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;

/** Turns whatever was thrown into a {@link Problem}: the one place that decides what a caller is told. */
public final class Problems {

    static final String MEDIA_TYPE = "application/problem+json";

    private static final Logger LOG = Logger.getLogger(Problems.class);
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** What {@code millrace.submit} refuses a task with that it does not know. */
    private static final String TASK_UNKNOWN = "MR001";

    private static final String FORM_READER = "org.jboss.resteasy.reactive.server.core.multipart.";
    private static final int FRAMES_OF_A_READER = 20;

    private Problems() {}

    /** What the caller is told about a failure. One that nobody expected is logged here, under the id that the caller gets. */
    public static Problem of(Throwable thrown) {
        return switch (thrown) {
            case Problem problem -> problem;
            case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case ExecutionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case StoreUnavailable unavailable -> storeUnavailable(unavailable);
            case PgException refused
            when TASK_UNKNOWN.equals(refused.getSqlState()) ->
                Problem.of(ProblemCode.UNKNOWN_TASK, "No worker has registered the task that follows from this.");
            case PgException refused when refusesJob(refused) -> ofRefusedJob(refused);
            case PgException refused
            when refusesValue(refused) ->
                Problem.of(ProblemCode.INVALID_REQUEST, "A value of the request cannot be stored or compared.");
            case WebApplicationException web -> ofStatus(web.getResponse().getStatus(), web);
            case HttpException vertx -> ofStatus(vertx.getStatusCode(), vertx);
            case IOException broken when isAboutAForm(broken) -> malformedForm();
            case Throwable other -> unexpected(other);
        };
    }

    /** The reader of forms (RFC 7578) throws no type of its own, and what went wrong at our side does not come from it. */
    private static boolean isAboutAForm(IOException broken) {
        return Arrays.stream(broken.getStackTrace())
                .limit(FRAMES_OF_A_READER)
                .anyMatch(frame -> frame.getClassName().startsWith(FORM_READER));
    }

    private static Problem malformedForm() {
        return Problem.of(
                ProblemCode.BAD_REQUEST,
                "The form cannot be read: its boundary, one of its parts or its character set is not in order.");
    }

    /** {@code millrace.submit} says why it refuses a job, in a sentence that begins with the code. */
    private static boolean refusesJob(PgException refused) {
        return refused.getSqlState() != null && refused.getSqlState().matches("MR00[2-5]");
    }

    private static Problem ofRefusedJob(PgException refused) {
        String[] told = String.valueOf(refused.getErrorMessage()).split(": ", 2);
        return Problem.of(ProblemCode.valueOf(told[0].toUpperCase(Locale.ROOT)), told[told.length - 1]);
    }

    /** SQLSTATE class 22: PostgreSQL understood the statement but not one of its values. */
    public static boolean refusesValue(PgException refused) {
        return refused.getSqlState() != null && refused.getSqlState().startsWith("22");
    }

    /** The same for any failure. */
    public static boolean isRefusedValue(RuntimeException thrown) {
        return thrown instanceof PgException refused && refusesValue(refused);
    }

    /** JSON that cannot be read, told with where it breaks and without the text around it. */
    public static Problem malformed(JsonProcessingException malformed) {
        var at = malformed.getLocation();
        String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return Problem.of(
                ProblemCode.MALFORMED_JSON,
                "The body cannot be read as JSON" + where + ": "
                        + malformed.getOriginalMessage().lines().findFirst().orElse(""));
    }

    private static Problem storeUnavailable(StoreUnavailable unavailable) {
        LOG.warnf("the database does not answer: %s", unavailable.getMessage());
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, "The database does not answer in time; try again shortly.");
    }

    private static Problem ofStatus(int status, Throwable thrown) {
        return switch (status) {
            case 400 -> Problem.of(ProblemCode.BAD_REQUEST, "The request cannot be understood.");
            case 404 -> Problem.of(ProblemCode.NOT_FOUND, "There is nothing at this address.");
            case 405 -> Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "This address does not know the method.");
            case 406 ->
                Problem.of(
                        ProblemCode.NOT_ACCEPTABLE, "This address has no answer in a form that the request accepts.");
            case 413 -> Problem.of(ProblemCode.PAYLOAD_TOO_LARGE, "The body is too large.");
            case 415 -> Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "This content type is not understood here.");
            default -> unexpected(thrown);
        };
    }

    private static Problem unexpected(Throwable thrown) {
        String id = UUID.randomUUID().toString();
        LOG.errorf(thrown, "a request failed unexpectedly error_id=%s", id);
        return Problem.of(ProblemCode.INTERNAL_ERROR, "Something went wrong here; it is logged under " + id + ".");
    }

    /** Answers a request that no route has taken. */
    public static void answer(RoutingContext context, Problem problem) {
        var response = context.response();
        if (!response.ended()) {
            response.setStatusCode(problem.code().status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
                    .end(json(problem));
        }
    }

    static String json(Problem problem) {
        try {
            return JSON.writeValueAsString(problem.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem cannot be written", e);
        }
    }
}
