package io.millrace.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong at or on the way to the remote side.
 *
 * @param code such as {@code http_503}, {@code timeout}, {@code connection_refused}, {@code malformed_body}
 * @param message for a person, with nothing secret in it
 * @param retryAfter what the remote side asked for, null where it did not
 */
public record RemoteError(
        String code,
        @Nullable Integer httpStatus,
        String message,
        @Nullable Duration retryAfter) {

    /** The road to the remote side, or what came back on it. */
    public static RemoteError of(String code, String message) {
        return new RemoteError(code, null, message, null);
    }
}
