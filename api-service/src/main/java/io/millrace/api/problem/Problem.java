package io.millrace.api.problem;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served, for a reason its sender can be told. Expected, so it carries no stack trace and costs
 * little.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int ERRORS_SHOWN = 50;

    private final ProblemCode code;
    private final transient List<FieldError> errors;
    private final @Nullable UUID jobId;

    private Problem(ProblemCode code, String detail, List<FieldError> errors) {
        this(code, detail, errors, null);
    }

    private Problem(ProblemCode code, String detail, List<FieldError> errors, @Nullable UUID jobId) {
        super(detail, null, false, false);
        this.code = code;
        this.jobId = jobId;
        this.errors = errors.size() > ERRORS_SHOWN ? errors.subList(0, ERRORS_SHOWN) : errors;
    }

    /**
     * A problem without fields.
     *
     * @param detail a sentence for a person, about this very request
     */
    public static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail, List.of());
    }

    /** A problem that is due to another job. */
    public static Problem of(ProblemCode code, String detail, UUID jobId) {
        return new Problem(code, detail, List.of(), jobId);
    }

    /** Invalid fields; {@code detail} names the first. */
    public static Problem of(ProblemCode code, List<FieldError> errors) {
        FieldError first = errors.getFirst();
        String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
        return new Problem(code, first.field() + " " + first.message() + more, List.copyOf(errors));
    }

    /** One invalid field. */
    public static Problem invalid(String field, String message) {
        return of(ProblemCode.INVALID_REQUEST, List.of(new FieldError(field, message)));
    }

    public ProblemCode code() {
        return code;
    }

    public List<FieldError> errors() {
        return errors;
    }

    /** As the wire has it. */
    public ProblemBody body() {
        return new ProblemBody(
                "urn:millrace:problem:" + code.wireName(),
                code.title(),
                code.status(),
                String.valueOf(getMessage()),
                code.wireName(),
                errors,
                jobId);
    }
}
