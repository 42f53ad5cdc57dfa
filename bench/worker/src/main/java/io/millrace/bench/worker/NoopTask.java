package io.millrace.bench.worker;

import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Notes that it has started and does nothing; fails its first attempt where it is told to. */
@Singleton
class NoopTask {

    /** @param id the job's number within the phase */
    @RegisterForReflection(registerFullHierarchy = true)
    record Args(@NotNull @Size(max = 3) String phase, int id, boolean fail) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Done(int id) {}

    /** How a job ends that was asked to fail. */
    static final class FailsOnce extends Exception {
        FailsOnce() {
            super("fails once");
        }
    }

    private final StartLog starts;

    NoopTask(@ConfigProperty(name = "handled") Path folder) throws IOException {
        starts = new StartLog(folder);
    }

    @Task(name = "bench.noop", queue = "default", maxRetries = 3, retryDelay = "1s", retryJitter = false)
    Done run(Args args, TaskContext context) throws IOException, FailsOnce {
        starts.append(args.phase(), args.id(), context.attempt(), System.nanoTime());
        if (args.fail() && context.attempt() == 1) {
            throw new FailsOnce();
        }
        return new Done(args.id());
    }

    @PreDestroy
    void close() throws IOException {
        starts.close();
    }
}
