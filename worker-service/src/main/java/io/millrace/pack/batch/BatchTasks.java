package io.millrace.pack.batch;

import io.millrace.batch.Batch;
import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchStatus;
import io.millrace.store.BatchStore;
import io.millrace.store.WorkflowBatchStore;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.UUID;

/**
 * Looks at one batch, or at all that have not finished: batches of remote workflows, which the seed means, and batches of
 * jobs alike. No id belongs to both.
 */
@Singleton
class BatchTasks {

    private static final UUID BEGINNING = new UUID(0, 0);
    private static final int PAGE = 500;

    private final BatchStore store;
    private final WorkflowBatchStore workflows;

    BatchTasks(BatchStore store, WorkflowBatchStore workflows) {
        this.store = store;
        this.workflows = workflows;
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Which(@NotNull UUID batchId) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Counts(int total, int completed, int failed, int cancelled, int active) {
        static Counts of(BatchCounts counts) {
            return new Counts(counts.total(), counts.completed(), counts.failed(), counts.cancelled(), counts.active());
        }
    }

    /** @param repaired whether the counters disagreed with the jobs and were mended */
    @RegisterForReflection(registerFullHierarchy = true)
    record Completion(BatchStatus status, Counts counts, boolean repaired) {}

    /** Counts the jobs of a batch by how they ended, and says what that makes of the batch. */
    @Task(name = "check_batch_completion")
    Completion checkBatchCompletion(Which args) {
        return workflows
                .check(args.batchId())
                .map(checked -> new Completion(
                        checked.batch().status(), Counts.of(checked.batch().counts()), checked.repaired()))
                .or(() -> store.check(args.batchId()).map(checked -> completion(checked.batch(), checked.repaired())))
                .orElseThrow(() -> new PermanentFailure("there is no batch " + args.batchId()));
    }

    private static Completion completion(Batch batch, boolean repaired) {
        return new Completion(batch.status(), Counts.of(batch.counts()), repaired);
    }

    /**
     * @param checked how many had not finished before
     * @param completed how many of them turned out to be COMPLETED
     * @param failed how many turned out to have ended otherwise: FAILED, CANCELLED or MIXED
     * @param repaired how many had counters that disagreed with their jobs
     */
    @RegisterForReflection(registerFullHierarchy = true)
    record Sweep(int checked, int completed, int failed, int stillRunning, int repaired) {
        Sweep and(BatchStatus status, boolean mended) {
            boolean completedNow = status == BatchStatus.COMPLETED;
            return new Sweep(
                    checked + 1,
                    completed + (completedNow ? 1 : 0),
                    failed + (status.finished() && !completedNow ? 1 : 0),
                    stillRunning + (status.finished() ? 0 : 1),
                    repaired + (mended ? 1 : 0));
        }
    }

    /** Checks every batch that has not finished. */
    @Task(name = "check_all_batch")
    Sweep checkAllBatch(TaskContext context) {
        var sweep = new Sweep(0, 0, 0, 0, 0);
        List<UUID> page = store.open(BEGINNING, PAGE);
        while (!page.isEmpty()) {
            for (UUID id : page) {
                context.checkpoint();
                var found = store.check(id);
                if (found.isPresent()) {
                    sweep = sweep.and(found.get().batch().status(), found.get().repaired());
                }
            }
            page = store.open(page.getLast(), PAGE);
        }
        page = workflows.open(BEGINNING, PAGE);
        while (!page.isEmpty()) {
            for (UUID id : page) {
                context.checkpoint();
                var found = workflows.check(id);
                if (found.isPresent()) {
                    sweep = sweep.and(found.get().batch().status(), found.get().repaired());
                }
            }
            page = workflows.open(page.getLast(), PAGE);
        }
        if (sweep.repaired() > 0) {
            context.log()
                    .warnf("batches whose counters disagreed with their jobs were mended count=%d", sweep.repaired());
        }
        return sweep;
    }
}
