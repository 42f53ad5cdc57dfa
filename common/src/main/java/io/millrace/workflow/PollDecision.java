package io.millrace.workflow;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the answer to a poll means. */
public sealed interface PollDecision {

    /** The workflow goes on, and is polled again. */
    record GoesOn(
            WorkflowStatus status,
            @Nullable Double progress,
            @Nullable String reason) implements PollDecision {}

    /** The job has ended. */
    record Ended(
            WorkflowStatus status,
            @Nullable Double progress,
            @Nullable String reason) implements PollDecision {}

    /** There was no answer: this poll is tried again. */
    record TryAgain(RemoteError error) implements PollDecision {}

    /** Nothing was tried. */
    record Rest(String why, Duration rest) implements PollDecision {}

    /**
     * Decides.
     *
     * @param job as it stood before the poll
     * @param submittedAt when following it began
     */
    static PollDecision of(
            RemoteAnswer answer,
            WorkflowJob job,
            StatusMapping mapping,
            PollPacing pacing,
            Instant submittedAt,
            Instant now) {
        PollDecision decision = of(answer, job, mapping);
        boolean late = !now.isBefore(pacing.deadline(submittedAt));
        return late && !(decision instanceof Ended) ? expired(decision, job, pacing) : decision;
    }

    private static PollDecision of(RemoteAnswer answer, WorkflowJob job, StatusMapping mapping) {
        return switch (answer) {
            case RemoteAnswer.Understood understood -> understood(understood, job, mapping);
            case RemoteAnswer.Refused refused
            when refused.unknownWorkflow() ->
                new Ended(
                        WorkflowStatus.FAILED,
                        job.progress(),
                        "the remote side does not know the workflow (HTTP " + refused.httpStatus() + ")");
            // Even what looks final, such as 401, says nothing of the workflow, which goes on over there.
            case RemoteAnswer.Refused refused -> new TryAgain(refused.error());
            case RemoteAnswer.NoAnswer(var error) -> new TryAgain(error);
            case RemoteAnswer.Misconfigured(var error) -> new TryAgain(error);
            case RemoteAnswer.NotAsked(var why, var rest) -> new Rest(why, rest);
        };
    }

    private static PollDecision understood(RemoteAnswer.Understood answer, WorkflowJob job, StatusMapping mapping) {
        String word = answer.remoteStatus();
        if (word == null || word.isBlank()) {
            return new TryAgain(new RemoteError(
                    "malformed_body", answer.httpStatus(), "the remote side's answer has no status", null));
        }
        WorkflowStatus meant = mapping.of(word).orElse(null);
        if (meant == null) {
            // Better followed until its time is over than failed for a word that nobody has mapped.
            return new GoesOn(
                    job.status(),
                    answer.progress(),
                    "the remote side says '" + word + "', which is mapped to no status");
        }
        if (meant.terminal()) {
            Double progress = meant == WorkflowStatus.COMPLETED ? Double.valueOf(100) : answer.progress();
            return new Ended(meant, progress, answer.message());
        }
        boolean backwards = meant.compareTo(job.status()) < 0;
        return new GoesOn(backwards ? job.status() : meant, answer.progress(), answer.message());
    }

    private static Ended expired(PollDecision otherwise, WorkflowJob job, PollPacing pacing) {
        String last = switch (otherwise) {
            case GoesOn on -> "it is still " + on.status();
            case Ended ended -> "it is " + ended.status();
            case TryAgain again -> again.error().message();
            case Rest rest -> rest.why();
        };
        return new Ended(
                WorkflowStatus.FAILED,
                job.progress(),
                "it was followed for the longest time allowed, " + pacing.maxDuration() + ", and " + last);
    }
}
