package io.millrace.pack.demo;

import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The demo tasks of the HTTP contract. */
@Singleton
class DemoTasks {

    private static final int SLEEP_STEPS = 20;

    @RegisterForReflection(registerFullHierarchy = true)
    record Message(@NotNull @Size(max = 10_000) String message) {}

    /** Gives back what it is given. */
    @Task(name = "demo.echo")
    Message echo(Message args) {
        return args;
    }

    /** Does nothing. */
    @Task(name = "demo.noop")
    void noop() {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Seconds(@PositiveOrZero @Max(86_400) double seconds) {}

    /** Sleeps, tells how far it is, and can be interrupted. */
    @Task(name = "demo.sleep")
    Seconds sleep(Seconds args, TaskContext context) throws InterruptedException {
        var step = Duration.ofMillis(Math.round(args.seconds() * 1000 / SLEEP_STEPS));
        for (int i = 0; i < SLEEP_STEPS; i++) {
            Thread.sleep(step);
            if (args.seconds() >= 1) {
                context.progress(i + 1, SLEEP_STEPS, "sleeping");
            }
        }
        return args;
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Fail(
            @Min(0) @Max(1_000) int times,

            @Nullable @Pattern(regexp = "[A-Za-z][A-Za-z0-9_.]{0,99}")
            String excType) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Attempts(int attempts) {}

    /** Fails its first attempts, then succeeds. */
    @Task(name = "demo.fail", retryDelay = "100ms")
    Attempts fail(Fail args, TaskContext context) {
        if (context.retries() < args.times()) {
            throw new TaskFailure(
                    args.excType() == null ? "DemoFailure" : args.excType(),
                    "asked to fail " + args.times() + " times, this is number " + (context.retries() + 1));
        }
        return new Attempts(context.attempt());
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Spin(
            @PositiveOrZero @Max(3_600) double seconds,
            @Nullable Boolean isolated) {}

    /** Keeps a processor busy and does not listen to interruption. */
    @Task(name = "demo.spin", isolatedBy = "isolated")
    Spin spin(Spin args) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.round(args.seconds() * 1000));
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return args;
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Values(@NotNull @Size(max = 10_000) List<@NotNull BigDecimal> values) {}

    /** Adds numbers, exactly. */
    @Task(name = "demo.add")
    BigDecimal add(Values args) {
        return args.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Crash(@Nullable Boolean isolated) {}

    /** Ends its process at once, as a crash would: the worker's, or its own if it is isolated. */
    @Task(name = "demo.crash", isolatedBy = "isolated")
    void crash(Crash args) {
        Runtime.getRuntime().halt(1);
    }
}
