package io.millrace.alert;

import java.util.Map;

/**
 * What holds for a queue.
 *
 * @param ladders by kind; one that is missing is never raised
 * @param enoughEnded how many jobs must have ended before the share of failures says anything
 */
public record QueueRules(Map<AlertKind, Ladder> ladders, long enoughEnded) {

    public QueueRules {
        ladders = Map.copyOf(ladders);
    }

    /** From where on a measure of this kind is how bad. */
    public Ladder ladder(AlertKind kind) {
        return ladders.getOrDefault(kind, Ladder.NONE);
    }
}
