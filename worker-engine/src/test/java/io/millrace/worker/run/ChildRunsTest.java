package io.millrace.worker.run;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Claim;
import io.millrace.job.Outcome;
import io.millrace.trace.TraceContext;
import io.millrace.trace.Tracing;
import io.millrace.trace.TracingFixture;
import io.millrace.worker.child.StubChildren;
import io.millrace.worker.task.SoftTimeLimitExceeded;
import io.millrace.worker.task.TaskContext;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The side of the child, without its process. */
class ChildRunsTest {

    private final CountDownLatch waiting = new CountDownLatch(1);
    private final List<Long> reported = new CopyOnWriteArrayList<>();
    private final CompletableFuture<TaskContext> contextOfTheRun = new CompletableFuture<>();

    /** One task, which waits until it is told to end. */
    @SuppressWarnings("NullAway")
    private final class Waiting extends Execution {
        Waiting() {
            super(null, null, null, null, 0, null);
        }

        @Override
        Outcome execute(RunningJob job, TaskContext context) {
            contextOfTheRun.complete(context);
            context.progress(1, 2, "waiting");
            try {
                waiting.countDown();
                Thread.sleep(30_000);
                return new Outcome.Succeeded("\"never told\"");
            } catch (InterruptedException e) {
                return told(context);
            }
        }

        private Outcome told(TaskContext context) {
            try {
                context.checkpoint();
                return new Outcome.Succeeded("\"for nothing\"");
            } catch (SoftTimeLimitExceeded e) {
                return new Outcome.Succeeded("\"soft\"");
            }
        }
    }

    private final Claim claim = aJob().limited(1.0, null).claimed();
    private final Tracing tracing = TracingFixture.to(URI.create("http://127.0.0.1:9/never-asked"));
    private final ChildRuns runs = new ChildRuns(
            Waiting::new, StubChildren.config(Map.of()), new RunTraces(tracing, Clock.systemUTC()), Clock.systemUTC());

    private CompletableFuture<Outcome> started() throws InterruptedException {
        var outcome = CompletableFuture.supplyAsync(() -> runs.run(claim, (current, _, _, _) -> reported.add(current)));
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
        return outcome;
    }

    @Test
    void theSoftLimitIsRaisedInTheTask() throws Exception {
        var outcome = started();

        runs.softLimit(claim.jobId(), claim.claimSeq());

        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(new Outcome.Succeeded("\"soft\""));
    }

    @Test
    void theTaskKnowsTheSpanThatItsWorkerMakes() throws Exception {
        var outcome = started();

        TraceContext ofWorker = Objects.requireNonNull(tracing.ofRun(claim.traceId(), claim.jobId(), claim.claimSeq()));
        assertThat(contextOfTheRun.get().traceparent()).isEqualTo(ofWorker.traceparent());
        runs.softLimit(claim.jobId(), claim.claimSeq());
        outcome.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theSoftLimitOfAnEarlierRunIsNotThisOnes() throws Exception {
        var outcome = started();

        runs.softLimit(claim.jobId(), claim.claimSeq() - 1);

        assertThat(contextOfTheRun.get().cancelled()).isFalse();
        runs.softLimit(claim.jobId(), claim.claimSeq());
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(new Outcome.Succeeded("\"soft\""));
    }

    @Test
    void whatIsToldAfterTheEndIsNoOnesProgress() throws Exception {
        var outcome = started();
        runs.softLimit(claim.jobId(), claim.claimSeq());
        outcome.get(10, TimeUnit.SECONDS);

        contextOfTheRun.get().progress(2, 2, "late");

        assertThat(reported).containsExactly(1L);
    }
}
