package io.millrace.pack.webhook;

import org.jspecify.annotations.Nullable;

/** What became of a request. */
sealed interface Reply {

    /**
     * The receiver has answered.
     *
     * @param retryAfter the header of this name, as it came
     */
    record Answered(int status, @Nullable String retryAfter) implements Reply {}

    /** There was no answer, for now: no such name, no connection, none in time. */
    record Silent(String why) implements Reply {}

    /** Nothing was sent, because it must not go there. */
    record Forbidden(String why) implements Reply {}
}
