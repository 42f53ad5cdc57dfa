package io.millrace.pack;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.Batch;
import io.millrace.batch.BatchStatus;
import io.millrace.batch.NewBatch;
import io.millrace.batch.OnParentFailure;
import io.millrace.dispatch.HintEmitter;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.store.BatchStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.testing.BatchFixture;
import io.millrace.testing.JobFixture;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Batches through a whole worker. There is no scheduler here: what is released runs because the worker that ended its
 * last parent writes its hint, and not because something looks for it.
 */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(BatchRunsTest.FewQueues.class)
class BatchRunsTest {

    public static final class FewQueues implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("millrace.worker.concurrency", "20", "millrace.worker.queues", "default");
        }
    }

    @Inject
    JobStore jobs;

    @Inject
    BatchStore batches;

    @Inject
    JobQueries queries;

    @Inject
    HintEmitter hints;

    private NewBatch submit(BatchFixture fixture) {
        NewBatch batch = fixture.submitted();
        batches.submit(batch);
        hints.emit(IntStream.range(0, batch.jobs().size())
                .filter(i -> batch.graph().parents(i).isEmpty())
                .mapToObj(i -> batch.jobs().get(i).job())
                .map(job -> new Hint(job.id(), 0, job.queue(), job.priority(), null))
                .toList());
        return batch;
    }

    private Batch awaitEnd(NewBatch batch) {
        return soon().until(
                        () -> batches.get(batch.id()).orElseThrow(),
                        now -> now.status().finished());
    }

    private Job job(NewBatch batch, int index) {
        return queries.get(batch.jobs().get(index).job().id()).orElseThrow();
    }

    private Job run(JobFixture fixture) {
        NewJob job = fixture.submitted();
        jobs.submit(List.of(job));
        hints.emit(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)));
        return soon().until(
                        () -> queries.get(job.id()).orElseThrow(),
                        now -> now.state().finished());
    }

    @Test
    void resultsArePassedOnWhereverTheyAreNamedAndTheRowKeepsWhatWasSubmitted() throws Exception {
        String takes = "{\"values\": [{\"$result\": \"a\"}, 0.5, {\"$result\": \"b\"}, {\"$result\": \"a\"}]}";
        var batch = submit(aBatch().with("a", aJob().ofTask("demo.add").withArgs("{\"values\": [1, 2.25]}"))
                .with("b", aJob().ofTask("demo.add").withArgs("{\"values\": [12345678901234567890.123456789]}"))
                .with("sum", aJob().ofTask("demo.add").withArgs(takes), "a", "b"));

        assertThat(awaitEnd(batch).status()).isEqualTo(BatchStatus.COMPLETED);

        assertThat(job(batch, 2).result()).isEqualTo("12345678901234567897.123456789");
        assertThat(job(batch, 2).args()).contains("$result");
    }

    @Test
    void aResultThatIsNotThereIsNullAndTheWorkerJudgesWhatComesOfIt() throws Exception {
        var batch = submit(aBatch().onParentFailure(OnParentFailure.RUN)
                .with("a", aJob().ofTask("demo.fail").withArgs("{\"times\": 9}").withMaxRetries(0))
                .with("takes", aJob().ofTask("demo.echo").withArgs("{\"message\": {\"$result\": \"a\"}}"), "a")
                .with("last", aJob().ofTask("demo.noop"), "takes"));

        assertThat(awaitEnd(batch).status()).isEqualTo(BatchStatus.MIXED);

        assertThat(job(batch, 1).state()).isEqualTo(JobState.FAILURE);
        assertThat(job(batch, 1).error()).contains("invalid_args").contains("message");
        assertThat(job(batch, 2).state()).isEqualTo(JobState.SUCCESS);
    }

    @Test
    void aChordOfAHundredAddsUpWhatItsGroupHasFound() throws Exception {
        var chord = aBatch();
        IntStream.range(0, 100)
                .forEach(i -> chord.with("n" + i, aJob().ofTask("demo.add").withArgs("{\"values\": [" + i + "]}")));
        List<String> keys = IntStream.range(0, 100).mapToObj(i -> "n" + i).toList();
        String all = String.join(
                ",", keys.stream().map(key -> "{\"$result\": \"" + key + "\"}").toList());
        var batch = submit(chord.with("sum", aJob().ofTask("demo.add").withArgs("{\"values\": [" + all + "]}"), keys));

        assertThat(awaitEnd(batch).status()).isEqualTo(BatchStatus.COMPLETED);

        assertThat(job(batch, 100).result()).isEqualTo("4950");
    }

    @Test
    void aChainOfFiftyGoesFromHintToHint() throws Exception {
        var chain = aBatch().with("0");
        IntStream.range(1, 50).forEach(i -> chain.with("" + i, "" + (i - 1)));

        assertThat(awaitEnd(submit(chain)).counts().completed()).isEqualTo(50);
    }

    @Test
    void theBatchTasksTellHowBatchesStand() throws Exception {
        var done = submit(aBatch().with("a"));
        awaitEnd(done);
        var waiting = submit(aBatch().with("a", aJob().onQueue("nowhere")).with("b", "a"));

        var completion = run(aJob().ofTask("check_batch_completion").withArgs("{\"batch_id\": \"" + done.id() + "\"}"));
        assertThat(completion.result())
                .contains("\"status\": \"COMPLETED\"")
                .contains("\"completed\": 1")
                .contains("\"repaired\": false");
        var sweep = run(aJob().ofTask("check_all_batch"));
        assertThat(sweep.result())
                .contains("\"checked\": 1")
                .contains("\"still_running\": 1")
                .contains("\"completed\": 0")
                .contains("\"repaired\": 0");
        assertThat(batches.get(waiting.id()).orElseThrow().status()).isEqualTo(BatchStatus.PENDING);
        var missing =
                run(aJob().ofTask("check_batch_completion").withArgs("{\"batch_id\": \"" + UUID.randomUUID() + "\"}"));
        assertThat(missing.state()).isEqualTo(JobState.FAILURE);
        assertThat(missing.error()).contains("there is no batch");
    }
}
