package io.millrace.pack.pipeline;

import static io.millrace.pack.pipeline.ClassifiedFailure.classified;

import io.millrace.pipeline.PipelineExecution;
import io.millrace.store.ExecutionStore;
import io.millrace.store.LineageStore;
import io.millrace.store.PipelineStore;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps what can be reached from what, of addresses and of executions. */
@Singleton
class ClosureTasks {

    private static final Duration WHILE_ANOTHER_REBUILDS = Duration.ofSeconds(1);
    private static final String STATUS = "Rebuilding the closure...";

    private final PipelineStore pipelines;
    private final ExecutionStore executions;
    private final LineageStore lineage;

    ClosureTasks(PipelineStore pipelines, ExecutionStore executions, LineageStore lineage) {
        this.pipelines = pipelines;
        this.executions = executions;
        this.lineage = lineage;
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Connected(
            @NotNull @NotEmpty @Size(max = 20_000) List<@NotNull @PositiveOrZero Long> connectedAddresses,
            @Positive long pipelineId) {}

    /**
     * @param changes how many changes of edges it has made up for, its own and those of others that waited
     * @param ancestors how many addresses it looked at from where something else may be reached than before
     * @param rows what can be reached from them, all in all
     */
    @RegisterForReflection(registerFullHierarchy = true)
    record Rebuilt(long pipelineId, int changes, int ancestors, long rows, int added, int changed, int removed) {}

    /** Makes the closure of lineage right again around these addresses, and around all that wait for it. */
    @Task(
            name = "address_lineage_closure_rebuild_task",
            maxRetries = 3,
            retryDelay = "60s",
            rateLimit = "1/s",
            softTimeLimit = "15m",
            timeLimit = "20m")
    Rebuilt rebuildLineage(Connected args, TaskContext context) throws Exception {
        return classified(() -> rebuild(args, context));
    }

    private Rebuilt rebuild(Connected args, TaskContext context) {
        if (pipelines.get(args.pipelineId()).isEmpty()) {
            throw new ValidationError("there is no pipeline " + args.pipelineId());
        }
        context.progress(0, 100, STATUS, "Loading edges");
        LineageStore.Rebuilt rebuilt = lineage.rebuild(context.jobId(), args.connectedAddresses(), (done, total) -> {
                    context.checkpoint();
                    context.progress(done, total, STATUS, "Writing what can be reached");
                })
                // Rather than to hold a slot until the other has done.
                .orElseThrow(() -> new Snooze(WHILE_ANOTHER_REBUILDS));
        return new Rebuilt(
                args.pipelineId(),
                rebuilt.changes(),
                rebuilt.ancestors(),
                rebuilt.rows(),
                rebuilt.added(),
                rebuilt.changed(),
                rebuilt.removed());
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Placed(
            @Positive long executionId, @Nullable @Positive Long parentId) {}

    /** @param added how many rows were missing; 0 if the execution was entered before */
    @RegisterForReflection(registerFullHierarchy = true)
    record Entered(long executionId, @Nullable Long parentId, int depth, int added) {}

    /** Enters an execution into the hierarchy of executions. */
    @Task(
            name = "pipeline_execution_closure_maintain_task",
            maxRetries = 3,
            retryDelay = "30s",
            rateLimit = "10/s",
            softTimeLimit = "60s",
            timeLimit = "90s")
    Entered maintainHierarchy(Placed args, TaskContext context) throws Exception {
        return classified(() -> enter(args, context));
    }

    private Entered enter(Placed args, TaskContext context) {
        context.progress(50, 100, "Maintaining the hierarchy...", "Entering the execution");
        PipelineExecution execution = executions
                .get(args.executionId())
                .orElseThrow(() -> new ValidationError("there is no execution " + args.executionId()));
        if (args.parentId() != null && !Objects.equals(args.parentId(), execution.parentId())) {
            throw new ValidationError("the parent of execution " + execution.id() + " is "
                    + (execution.parentId() == null ? "none" : execution.parentId()) + ", not " + args.parentId());
        }
        int added = executions.enter(execution.id());
        return new Entered(execution.id(), execution.parentId(), execution.depth(), added);
    }
}
