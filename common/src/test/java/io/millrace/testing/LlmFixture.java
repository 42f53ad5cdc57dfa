package io.millrace.testing;

import io.millrace.job.RetryPolicy;
import io.millrace.llm.LlmConfig;
import io.millrace.store.Database;
import io.millrace.store.QueueStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What calls of language models need to be there: the task that makes them, as a worker registers it. */
public final class LlmFixture {

    private LlmFixture() {}

    /** Registers the task, on a queue that there is. */
    public static void registerTask(Database database) {
        new QueueStore(database).declare(Map.of("high_priority", 9));
        registerTask(new TaskStore(database));
    }

    /** Registers the task. */
    public static void registerTask(TaskStore tasks) {
        tasks.register(List.of(new TaskDefinition(
                "execute_high_priority_task",
                "high_priority",
                9,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{\"type\": \"object\"}")));
    }

    /** A configuration of nobody's that answers by script. */
    public static LlmConfig.New scripted(String name) {
        return new LlmConfig.New(null, name, "scripted", "parrot", "{}");
    }
}
