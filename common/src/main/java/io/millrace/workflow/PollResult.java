package io.millrace.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A poll as it is to be written down.
 *
 * @param status what the job is after it, null where the poll had no answer
 * @param message what the remote side said, or why the job has its status
 * @param error null where the poll was answered
 * @param next the wait before the next poll; for a poll without an answer, before the next one if this was its last try;
 *     null where the job has ended
 */
public record PollResult(
        @Nullable Integer httpStatus,
        @Nullable String remoteStatus,
        @Nullable WorkflowStatus status,
        @Nullable Double progress,
        @Nullable String message,
        @Nullable RemoteError error,
        @Nullable Duration next) {

    /**
     * What follows from a decision; nothing follows from not having asked, which is no poll.
     *
     * @param next the wait before the next poll, if there is one
     */
    public static PollResult of(PollDecision decision, RemoteAnswer answer, Duration next) {
        RemoteAnswer.Understood said = answer instanceof RemoteAnswer.Understood understood ? understood : null;
        Integer httpStatus = switch (answer) {
            case RemoteAnswer.Understood understood -> Integer.valueOf(understood.httpStatus());
            case RemoteAnswer.Refused refused -> Integer.valueOf(refused.httpStatus());
            case RemoteAnswer.NoAnswer(var error) -> error.httpStatus();
            case RemoteAnswer.Misconfigured _, RemoteAnswer.NotAsked _ -> null;
        };
        String word = said == null ? null : said.remoteStatus();
        return switch (decision) {
            case PollDecision.GoesOn(var status, var progress, var reason) ->
                new PollResult(httpStatus, word, status, progress, reason, null, next);
            case PollDecision.Ended(var status, var progress, var reason) ->
                new PollResult(httpStatus, word, status, progress, reason, null, null);
            case PollDecision.TryAgain(var error) ->
                new PollResult(httpStatus, word, null, null, error.message(), error, next);
            case PollDecision.Rest rest -> throw new IllegalArgumentException("nobody has polled: " + rest.why());
        };
    }
}
