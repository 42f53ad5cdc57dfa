package io.millrace.worker.run;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.job.Outcome;
import io.millrace.testing.JobFixture;
import io.millrace.worker.child.ChildPool;
import io.millrace.worker.child.ParentLink;
import io.millrace.worker.child.StubChildren;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs in real child processes: whatever they do, an outcome comes out, and the next run finds a child. */
class IsolatedRunsTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final BlockingQueue<Long> reported = new LinkedBlockingQueue<>();
    private final AtomicInteger atHardLimit = new AtomicInteger();
    private final TimeLimits limits = new TimeLimits();
    private @Nullable ChildPool pool;

    @AfterEach
    void leaveNoProcessBehind() {
        limits.close();
        if (pool != null) {
            StubChildren.close(pool);
        }
    }

    private IsolatedRuns with(Map<String, String> settings) {
        pool = StubChildren.pool(settings, metrics);
        return new IsolatedRuns(pool, Clock.systemUTC());
    }

    private record Started(RunningJob job, CompletableFuture<Outcome> outcome) {
        Outcome get() throws Exception {
            return outcome.get(30, TimeUnit.SECONDS);
        }
    }

    /** Runs on a virtual thread of its own, as the runner does it. */
    private Started start(IsolatedRuns in, JobFixture fixture, int mostRuns) {
        var job = new RunningJob(fixture.claimed(), Clock.systemUTC().instant());
        // The same throttling of what is told is enough for here.
        ParentLink.Reports reports = (current, _, _, _) -> reported.add(current);
        var context = new ChildContext(job, reports, Clock.systemUTC());
        var outcome = new CompletableFuture<Outcome>();
        Thread thread = Thread.ofVirtual()
                .unstarted(() -> outcome.complete(
                        in.execute(job, context, () -> limits.watch(job, atHardLimit::incrementAndGet), mostRuns)));
        job.runsOn(thread);
        thread.start();
        return new Started(job, outcome);
    }

    private Outcome execute(IsolatedRuns in, String task) throws Exception {
        return start(in, aJob().ofTask(task), 0).get();
    }

    private long pidOf(Outcome outcome) {
        return Long.parseLong(String.valueOf(((Outcome.Succeeded) outcome).result()));
    }

    private long reportedPid() throws InterruptedException {
        Long pid = reported.poll(20, TimeUnit.SECONDS);
        assertThat(pid).isNotNull();
        return pid;
    }

    /** One that goes on until the test ends it. */
    private ProcessHandle reportedProcess() throws InterruptedException {
        return ProcessHandle.of(reportedPid()).orElseThrow();
    }

    private double killed(String reason) {
        return metrics.get("millrace.worker.children.killed")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void oneRunAfterTheOtherIsExecutedInTheSameChild() throws Exception {
        var in = with(Map.of());

        long first = pidOf(execute(in, "pid"));

        assertThat(first).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(pidOf(execute(in, "pid"))).isEqualTo(first);
    }

    @Test
    void aRunBeyondItsHardLimitIsKilledAndTheNextOneRuns() throws Exception {
        var in = with(Map.of("max-children", "1"));
        // Taken before the limit begins, after which there may be no such process any more.
        ProcessHandle child = ProcessHandle.of(pidOf(execute(in, "pid"))).orElseThrow();

        var spinning = start(in, aJob().ofTask("spin").limited(null, 0.5), 0);

        assertThat(spinning.get()).isEqualTo(new Outcome.Released("HARD_LIMIT"));
        assertThat(atHardLimit).hasValue(1);
        assertThat(child.isAlive()).isFalse();
        assertThat(killed("hard_limit")).isEqualTo(1);
        assertThat(pidOf(execute(in, "pid"))).isNotEqualTo(child.pid());
    }

    @Test
    void whatARunHasStartedIsKilledWithIt() throws Exception {
        var revoked = start(with(Map.of()), aJob().ofTask("family"), 0);
        ProcessHandle grandchild = reportedProcess();

        revoked.job().stop(RunningJob.Stop.REVOKED);

        assertThat(revoked.get()).isEqualTo(new Outcome.Released("REVOKED"));
        grandchild.onExit().get(10, TimeUnit.SECONDS);
        assertThat(killed("revoked")).isEqualTo(1);
    }

    @Test
    void aCrashLosesItsOwnRunOnlyAndLeavesNoOrphan() throws Exception {
        var in = with(Map.of());
        var bystander = start(in, aJob().ofTask("spin"), 0);
        ProcessHandle other = reportedProcess();

        var crashed = start(in, aJob().ofTask("orphan"), 0);
        long orphan = reportedPid();

        assertThat(crashed.get()).isEqualTo(new Outcome.ChildLost("exit status 7"));
        // Where there is no such process any more, it has ended.
        var left = ProcessHandle.of(orphan);
        if (left.isPresent()) {
            left.get().onExit().get(10, TimeUnit.SECONDS);
        }
        assertThat(other.isAlive()).isTrue();
        assertThat(bystander.outcome()).isNotDone();
        assertThat(execute(in, "pid")).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void aRunThatIsKilledFromOutsideIsLostWithTheSignal() throws Exception {
        var run = start(with(Map.of()), aJob().ofTask("spin"), 0);

        reportedProcess().destroyForcibly();

        assertThat(run.get()).isEqualTo(new Outcome.ChildLost("exit status 137, signal 9 (SIGKILL)"));
    }

    @Test
    void aRunThatNeedsMoreThanTheHeapIsLost() throws Exception {
        assertThat(execute(with(Map.of()), "eat"))
                .isEqualTo(new Outcome.ChildLost("exit status 3, as after running out of memory"));
    }

    @Test
    void aTaskThatExitsEndsItsChild() throws Exception {
        assertThat(execute(with(Map.of()), "exit")).isEqualTo(new Outcome.ChildLost("exit status 1"));
    }

    @Test
    void aChildIsReplacedAfterSoManyRuns() throws Exception {
        var in = with(Map.of("max-tasks-per-child", "2", "max-children", "1"));

        long first = pidOf(execute(in, "pid"));
        long second = pidOf(execute(in, "pid"));
        long third = pidOf(execute(in, "pid"));

        assertThat(List.of(second, third)).element(0).isEqualTo(first);
        assertThat(third).isNotEqualTo(first);
        assertThat(metrics.get("millrace.worker.children.replaced")
                        .tag("reason", "max_tasks")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aTaskMayAllowAChildFewerRuns() throws Exception {
        var in = with(Map.of("max-children", "1"));

        long first = pidOf(start(in, aJob().ofTask("pid"), 1).get());

        assertThat(pidOf(start(in, aJob().ofTask("pid"), 1).get())).isNotEqualTo(first);
    }

    @Test
    void aChildThatHasGrownTooLargeIsReplaced() throws Exception {
        var in = with(Map.of("max-memory-per-child", "1M", "max-children", "1"));

        long first = pidOf(execute(in, "pid"));

        assertThat(pidOf(execute(in, "pid"))).isNotEqualTo(first);
    }

    @Test
    void theSoftLimitIsToldToTheChildWhichMayGoOn() throws Exception {
        var in = with(Map.of());

        Outcome outcome = start(in, aJob().ofTask("soft").limited(0.3, null), 0).get();

        assertThat(outcome)
                .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
                .satisfies(failed -> assertThat(failed.error().excType()).isEqualTo("Soft"));
    }

    @Test
    void whatIsPrintedBetweenMessagesHarmsNone() throws Exception {
        assertThat(execute(with(Map.of()), "print")).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void aResultBeyondTheBoundFailsTheRunAndNotTheChild() throws Exception {
        var in = with(Map.of("max-children", "1"));

        assertThat(execute(in, "large"))
                .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
                .satisfies(failed -> assertThat(failed.error().code()).isEqualTo("result_too_large"));
        assertThat(execute(in, "pid")).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void aChildThatDiedWhileItWasIdleIsNobodysLoss() throws Exception {
        var in = with(Map.of());
        long first = pidOf(execute(in, "pid"));

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        assertThat(pidOf(execute(in, "pid"))).isNotEqualTo(first);
    }

    @Test
    void aRunThatIsToldToEndWhileItWaitsForAChildDoesNotWaitOn() throws Exception {
        var in = with(Map.of("max-children", "1"));
        start(in, aJob().ofTask("spin"), 0);
        reportedProcess();
        var waiting = start(in, aJob().ofTask("pid"), 0);

        waiting.job().stop(RunningJob.Stop.RELEASE);

        assertThat(waiting.get()).isEqualTo(new Outcome.Released("RELEASE"));
    }

    @Test
    void whereNoChildStartsTheJobIsPutBackAndNotLost() throws Exception {
        pool = StubChildren.pool(Map.of(), List.of("false"), metrics);

        assertThat(execute(new IsolatedRuns(pool, Clock.systemUTC()), "pid")).isInstanceOf(Outcome.Snoozed.class);
    }
}
