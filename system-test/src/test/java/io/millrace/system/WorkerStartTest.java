package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.local.Component;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker begins beside the start of its process: what its probes say until then, and what becomes of one that cannot. */
@Tag("real")
@ExtendWith(StackExtension.class)
class WorkerStartTest {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final int STATUS_OF_TERM = 128 + 15;

    private final Stack stack;

    WorkerStartTest(Stack stack) {
        this.stack = stack;
    }

    @Test
    void a_worker_that_waits_for_PostgreSQL_lives_and_is_not_ready_and_ends_when_it_is_told_to() throws Exception {
        Process worker = stack.waiting(Component.WORKER);

        eventually(SOON, () -> assertThat(stack.probe(worker, "live")).isEqualTo(200));
        assertThat(stack.probe(worker, "started")).isEqualTo(503);
        assertThat(stack.probe(worker, "ready")).isEqualTo(503);

        worker.destroy();

        assertThat(worker.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended")
                .isTrue();
        assertThat(worker.exitValue()).isEqualTo(STATUS_OF_TERM);
        assertThat(stack.said(worker)).contains("told to end while waiting for PostgreSQL");
    }

    @Test
    void a_worker_that_cannot_begin_says_why_and_ends() throws Exception {
        Process worker = stack.waiting(Component.WORKER, Map.of("MILLRACE_DATABASE_START_TIMEOUT", "1s"));

        assertThat(worker.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended")
                .isTrue();
        assertThat(worker.exitValue()).isEqualTo(1);
        assertThat(stack.said(worker)).contains("this worker cannot begin").contains("StoreUnavailable");
    }
}
