package io.millrace.cli;

/** How a command ends; scripts rely on the codes, so they never change. */
enum Exit {
    OK(0, "done; a job that was waited for has succeeded"),
    JOB_FAILED(1, "a job or batch that was waited for has failed, or was revoked"),
    USAGE(2, "the command line is wrong"),
    NOT_FOUND(3, "there is no such job, queue, worker, task, schedule or batch"),
    UNREACHABLE(4, "the API cannot be reached, or cannot answer now"),
    REFUSED(5, "the API has refused: wrong arguments, wrong state, missing rights"),
    TIME_OVER(6, "what was waited for has not ended in time"),
    UNWRITTEN(7, "the output could not be written: its reader has gone, or the disk is full");

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    /** The worse of two ends: nothing is better than {@link #OK}, and the higher code is the worse. */
    Exit or(Exit other) {
        return code >= other.code ? this : other;
    }

    String meaning() {
        return meaning;
    }
}
