package io.millrace.pack.recovery;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.recovery.Recovery;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;

/** Looks for what has fallen between two stools, and mends it. */
@Singleton
class RecoveryTasks {

    private final Recovery recovery;

    RecoveryTasks(Recovery recovery) {
        this.recovery = recovery;
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
            long batchesMended) {
        static Found of(Recovery.Report report) {
            return new Found(
                    report.jobsChecked(),
                    report.hintsWritten(),
                    report.expired(),
                    report.rescued(),
                    report.overdue(),
                    report.batchesChecked(),
                    report.batchesMended());
        }
    }

    /** Checks everything there is; routed to the queue recovery, whose priority is 10. */
    @Task(name = "recovery_tasks.perform_recovery_check")
    Found performRecoveryCheck(TaskContext context) {
        Recovery.Report report = recovery.check(context::checkpoint);
        if (report.foundAnything()) {
            context.log().warnf("the recovery check had to mend something: %s", report);
        }
        return Found.of(report);
    }
}
