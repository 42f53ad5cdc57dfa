package io.millrace.workflow;

import java.time.Duration;

/** What the answer to a cancellation means. */
public sealed interface CancelDecision {

    /** The remote workflow will not go on. */
    record Cancelled(String reason) implements CancelDecision {}

    /** The remote workflow has ended already; how, the next poll says. */
    record TooLate() implements CancelDecision {}

    /** The remote side does not cancel it, whoever asks. */
    record Rejected(RemoteError error) implements CancelDecision {}

    /** To be tried again. */
    record TryAgain(RemoteError error) implements CancelDecision {}

    /** Nothing was tried. */
    record Rest(String why, Duration rest) implements CancelDecision {}

    /** Decides. */
    static CancelDecision of(RemoteAnswer answer) {
        return switch (answer) {
            case RemoteAnswer.Understood _ -> new Cancelled("cancelled on request");
            // What is not there does not go on, which is what was asked for.
            case RemoteAnswer.Refused refused
            when refused.unknownWorkflow() ->
                new Cancelled("cancelled on request; the remote side does not know the workflow");
            case RemoteAnswer.Refused refused when refused.httpStatus() == 409 -> new TooLate();
            case RemoteAnswer.Refused refused ->
                refused.temporary() ? new TryAgain(refused.error()) : new Rejected(refused.error());
            case RemoteAnswer.NoAnswer(var error) -> new TryAgain(error);
            case RemoteAnswer.Misconfigured(var error) -> new Rejected(error);
            case RemoteAnswer.NotAsked(var why, var rest) -> new Rest(why, rest);
        };
    }
}
