package io.millrace.testkit;

import java.util.List;

/** A submission that the API would not have accepted. */
public final class RefusedSubmission extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final List<String> errors;

    RefusedSubmission(String code, List<String> errors) {
        super(code + ": " + String.join("; ", errors));
        this.code = code;
        this.errors = List.copyOf(errors);
    }

    /** The code of the problem that the API would answer with, such as {@code invalid_args}. */
    public String code() {
        return code;
    }

    /** What is wrong, each with the field it is about. */
    public List<String> errors() {
        return errors;
    }
}
