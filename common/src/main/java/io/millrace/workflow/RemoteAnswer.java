package io.millrace.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of asking the remote side something. No answer carries anything secret. */
public sealed interface RemoteAnswer {

    /**
     * It answered 2xx with a body that could be read. What the body does not say is null.
     *
     * @param progress 0 to 100
     */
    record Understood(
            int httpStatus,
            @Nullable String workflowId,
            @Nullable String remoteStatus,
            @Nullable Double progress,
            @Nullable String message)
            implements RemoteAnswer {}

    /**
     * It answered with anything but 2xx.
     *
     * @param retryAfter what it asked for, null where it did not
     */
    record Refused(
            int httpStatus,
            @Nullable Duration retryAfter,
            @Nullable String message) implements RemoteAnswer {

        /** Whether the same request may well be answered otherwise a little later. */
        boolean temporary() {
            return switch (httpStatus) {
                // Timed out there, the same key is at work there, too early, too many.
                case 408, 409, 425, 429 -> true;
                default -> httpStatus >= 500;
            };
        }

        /** Whether it says that there is no such workflow. */
        boolean unknownWorkflow() {
            return httpStatus == 404 || httpStatus == 410;
        }

        RemoteError error() {
            return new RemoteError(
                    "http_" + httpStatus,
                    httpStatus,
                    "the remote side answered HTTP " + httpStatus + (message == null ? "" : ": " + message),
                    retryAfter);
        }
    }

    /** No answer that could be read came: it timed out, the connection was refused or broke, the body was malformed. */
    record NoAnswer(RemoteError error) implements RemoteAnswer {}

    /** As it is configured, nothing can be asked. */
    record Misconfigured(RemoteError error) implements RemoteAnswer {}

    /**
     * It was not asked at all, to spare it or ourselves: the circuit is open, or enough calls are under way.
     *
     * @param rest how long to wait before anybody asks
     */
    record NotAsked(String why, Duration rest) implements RemoteAnswer {}
}
