package io.millrace.pack.recovery;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.recovery.Recovery;
import io.millrace.recovery.WorkflowRecovery;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;

/** Looks for what has fallen between two stools, and mends it. */
@Singleton
class RecoveryTasks {

    private final Recovery recovery;
    private final WorkflowRecovery workflows;

    RecoveryTasks(Recovery recovery, WorkflowRecovery workflows) {
        this.recovery = recovery;
        this.workflows = workflows;
    }

    /** What was found, as a result. */
    @RegisterForReflection(registerFullHierarchy = true)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Found(
            long jobsChecked,
            long hintsWritten,
            long expired,
            long rescued,
            long overdue,
            long batchesChecked,
            long batchesMended,
            long workflowsSubmittedAgain,
            long workflowsGivenUp,
            long workflowPollsResumed,
            long workflowCancellationsResumed,
            long workflowBatchesClosed) {
        static Found of(Recovery.Report report, WorkflowRecovery.Report workflows) {
            return new Found(
                    report.jobsChecked(),
                    report.hintsWritten(),
                    report.expired(),
                    report.rescued(),
                    report.overdue(),
                    report.batchesChecked(),
                    report.batchesMended(),
                    workflows.submittedAgain(),
                    workflows.givenUp(),
                    workflows.pollsResumed(),
                    workflows.cancellationsResumed(),
                    workflows.batchesClosed());
        }
    }

    /** Checks everything there is; routed to the queue recovery, whose priority is 10. */
    @Task(name = "recovery_tasks.perform_recovery_check")
    Found performRecoveryCheck(TaskContext context) {
        Recovery.Report report = recovery.check(context::checkpoint);
        if (report.foundAnything()) {
            context.log().warnf("the recovery check had to mend something: %s", report);
        }
        WorkflowRecovery.Report mended = workflows.check(context::checkpoint);
        if (mended.foundAnything()) {
            context.log().warnf("the recovery check had to mend remote workflows: %s", mended);
        }
        return Found.of(report, mended);
    }
}
