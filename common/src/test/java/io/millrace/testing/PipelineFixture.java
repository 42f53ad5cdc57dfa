package io.millrace.testing;

import io.millrace.job.RetryPolicy;
import io.millrace.pipeline.Pipeline;
import io.millrace.store.Database;
import io.millrace.store.QueueStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What pipelines need to be there: the tasks that follow from what is told of them, as a worker registers them. */
public final class PipelineFixture {

    public static final List<String> TASKS = List.of(
            "detect_anomalies_task",
            "address_lineage_closure_rebuild_task",
            "pipeline_execution_closure_maintain_task");

    private PipelineFixture() {}

    /** Registers the tasks, on a queue that there is. */
    public static void registerTasks(Database database) {
        new QueueStore(database).declare(Map.of("celery", 5));
        registerTasks(new TaskStore(database));
    }

    /** Registers the tasks. */
    public static void registerTasks(TaskStore tasks) {
        tasks.register(TASKS.stream()
                .map(name -> new TaskDefinition(
                        name,
                        "celery",
                        5,
                        RetryPolicy.DEFAULT,
                        null,
                        null,
                        Duration.ofHours(1),
                        null,
                        false,
                        "{\"type\": \"object\"}"))
                .toList());
    }

    /** A pipeline of which nothing is expected. */
    public static Pipeline.Settings named(String name) {
        return new Pipeline.Settings(name, null, null, null, null, null, true);
    }
}
