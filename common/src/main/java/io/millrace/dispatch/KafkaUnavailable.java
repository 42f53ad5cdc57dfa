package io.millrace.dispatch;

import org.jspecify.annotations.Nullable;

/** Kafka does not answer, or not with what was asked. No job is lost by it. */
public final class KafkaUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KafkaUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
