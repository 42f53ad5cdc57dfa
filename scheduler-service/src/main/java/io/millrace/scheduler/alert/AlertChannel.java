package io.millrace.scheduler.alert;

import io.millrace.alert.AlertMessage;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A way out. It takes a bounded time. */
public sealed interface AlertChannel permits LogChannel, WebhookChannel {

    /**
     * Tries to deliver a message once.
     *
     * @param id by which whoever gets it twice can tell
     */
    Sent send(UUID id, AlertMessage message);

    /** What came of it. */
    sealed interface Sent {
        /** It has arrived. */
        record Arrived() implements Sent {}

        /**
         * It has not, as far as we know.
         *
         * @param why in words that say nothing of the address
         * @param retryAfter how long the other side wants us to wait, null if it does not say
         */
        record Failed(String why, @Nullable Duration retryAfter) implements Sent {}
    }
}
