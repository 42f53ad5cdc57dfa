package io.millrace.alert;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that has been told, and what became of it.
 *
 * @param level how bad it is now, of one that was raised and is the latest word about something that is still wrong;
 *     null for all others
 * @param deliveries one for each channel that it goes to; none before a scheduler has looked
 */
public record Alert(UUID id, AlertMessage message, @Nullable Severity level, List<Delivered> deliveries) {

    /** Whether what it says is still so. */
    public boolean active() {
        return level != null;
    }

    /**
     * How far a message has come on one channel.
     *
     * @param deliveredAt null while it has not arrived
     * @param givenUpAt null unless it never will
     * @param error why the last attempt failed, null if none has
     */
    public record Delivered(
            String channel,
            int attempts,
            @Nullable Instant deliveredAt,
            @Nullable Instant givenUpAt,
            @Nullable String error) {}
}
