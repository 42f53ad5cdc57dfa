package io.millrace.workflow;

import java.time.Duration;

/** What the answer to a submission means. */
public sealed interface SubmitDecision {

    /** The remote side has it. */
    record Started(String workflowId) implements SubmitDecision {}

    /** The remote side will not have it: another try would be answered likewise. */
    record Rejected(RemoteError error) implements SubmitDecision {}

    /** It may have it or not: to be tried again, with the same key. */
    record TryAgain(RemoteError error) implements SubmitDecision {}

    /** Nothing was tried. */
    record Rest(String why, Duration rest) implements SubmitDecision {}

    /** Decides. */
    static SubmitDecision of(RemoteAnswer answer) {
        return switch (answer) {
            case RemoteAnswer.Understood understood -> understood(understood);
            case RemoteAnswer.Refused refused ->
                refused.temporary() ? new TryAgain(refused.error()) : new Rejected(refused.error());
            case RemoteAnswer.NoAnswer(var error) -> new TryAgain(error);
            case RemoteAnswer.Misconfigured(var error) -> new Rejected(error);
            case RemoteAnswer.NotAsked(var why, var rest) -> new Rest(why, rest);
        };
    }

    private static SubmitDecision understood(RemoteAnswer.Understood answer) {
        String workflowId = answer.workflowId();
        return workflowId == null || workflowId.isEmpty()
                ? new TryAgain(new RemoteError(
                        "malformed_body", answer.httpStatus(), "the remote side's answer names no workflow", null))
                : new Started(workflowId);
    }
}
