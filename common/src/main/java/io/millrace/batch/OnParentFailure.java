package io.millrace.batch;

import java.util.Locale;
import java.util.Optional;

/** What becomes of a job one of whose parents has failed or was cancelled. */
public enum OnParentFailure {
    /** It is cancelled at once, and what depends on it likewise. */
    CANCEL,
    /** It runs as soon as all parents have ended, however they did; a result that is not there is null. */
    RUN;

    /** The word of the wire and of the database. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The policy of a word; empty if it is none. */
    public static Optional<OnParentFailure> of(String word) {
        return switch (word) {
            case "cancel" -> Optional.of(CANCEL);
            case "run" -> Optional.of(RUN);
            default -> Optional.empty();
        };
    }
}
