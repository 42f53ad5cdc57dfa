package io.millrace.pack;

import io.millrace.worker.task.OnConflict;
import io.millrace.worker.task.Task;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;

/** A task whose code says what a task's code can say besides what the others here do; it is registered and not run. */
@Singleton
class DeclaredTask {

    static final String NAME = "test.declared";

    @RegisterForReflection
    record Args(long pipelineId, long executionId) {}

    @Task(
            name = NAME,
            queue = "default",
            rateLimit = "15/s, 1000/h",
            maxConcurrency = 2,
            unique = true,
            uniqueFor = "5m",
            uniqueBy = "pipeline_id",
            onConflict = OnConflict.REPLACE)
    void declared(Args args) {}
}
