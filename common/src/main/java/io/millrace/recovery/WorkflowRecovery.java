package io.millrace.recovery;

import io.millrace.store.WorkflowBatchStore;
import io.millrace.store.WorkflowStore;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The part of the recovery check that is about remote workflows. Every open workflow job names the job of Millrace that
 * does its next step; where that one has ended, nothing will ever happen again unless somebody sees to it.
 */
@Singleton
public class WorkflowRecovery {

    private static final UUID BEGINNING = new UUID(0, 0);
    private static final int A_STEP = 500;

    private final WorkflowStore workflows;
    private final WorkflowBatchStore batches;

    WorkflowRecovery(WorkflowStore workflows, WorkflowBatchStore batches) {
        this.workflows = workflows;
        this.batches = batches;
    }

    /**
     * What was found.
     *
     * @param submittedAgain jobs without a workflow id whose submission had ended without a word
     * @param givenUp such jobs for which that has happened too often, now FAILED
     * @param pollsResumed jobs that nobody polled any more
     * @param cancellationsResumed jobs that were to be cancelled and were not
     * @param batchesClosed batches whose counters disagreed with their jobs, as those of one that never closed do
     */
    public record Report(
            long submittedAgain, long givenUp, long pollsResumed, long cancellationsResumed, long batchesClosed) {

        /** Whether anything had to be mended. */
        public boolean foundAnything() {
            return submittedAgain + givenUp + pollsResumed + cancellationsResumed + batchesClosed > 0;
        }
    }

    /** Checks every open workflow job and batch, in bounded steps, with a call of {@code betweenSteps} between any two. */
    public Report check(Runnable betweenSteps) {
        Map<WorkflowStore.Mended, Long> mended = new EnumMap<>(WorkflowStore.Mended.class);
        List<UUID> page = workflows.stalled(BEGINNING, A_STEP);
        while (!page.isEmpty()) {
            for (UUID id : page) {
                workflows.mend(id).ifPresent(what -> mended.merge(what, 1L, Long::sum));
            }
            betweenSteps.run();
            page = workflows.stalled(page.getLast(), A_STEP);
        }
        long closed = 0;
        page = batches.open(BEGINNING, A_STEP);
        while (!page.isEmpty()) {
            for (UUID id : page) {
                closed += batches.check(id)
                                .filter(WorkflowBatchStore.Checked::repaired)
                                .isPresent()
                        ? 1
                        : 0;
            }
            betweenSteps.run();
            page = batches.open(page.getLast(), A_STEP);
        }
        return new Report(
                mended.getOrDefault(WorkflowStore.Mended.SUBMISSION, 0L),
                mended.getOrDefault(WorkflowStore.Mended.GIVEN_UP, 0L),
                mended.getOrDefault(WorkflowStore.Mended.POLLS, 0L),
                mended.getOrDefault(WorkflowStore.Mended.CANCELLATION, 0L),
                closed);
    }
}
