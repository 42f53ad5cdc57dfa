package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.audio.AudioJob;
import io.millrace.audio.AudioStatus;
import io.millrace.audio.NewAudioJob;
import io.millrace.audio.Stem;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.FinishedStore.Kept;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealDatabase;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class AudioStoreTest {

    private static final JobIds IDS = new JobIds();
    private static final JobError BROKEN = new JobError("task_failed", "IOException", "the disk is full", null);
    private static final List<Stem> STEMS = List.of(
            new Stem("percussive", "audio/x/percussive.wav", 10), new Stem("harmonic", "audio/x/harmonic.wav", 20));

    private final Database database = RealDatabase.empty();
    private final AudioStore store = new AudioStore(database);
    private final JobStore jobs = new JobStore(database);
    private final JobQueries queries = new JobQueries(database);
    private final ControlStore control = new ControlStore(database);

    @BeforeEach
    void theTask() {
        new QueueStore(database).declare(Map.of("default", 5));
        new TaskStore(database)
                .register(List.of(new TaskDefinition(
                        "process_audio_job",
                        "default",
                        5,
                        RetryPolicy.DEFAULT,
                        null,
                        null,
                        Duration.ofHours(1),
                        null,
                        false,
                        "{\"type\":\"object\"}")));
    }

    private UUID submitted() {
        UUID id = IDS.next();
        store.submit(new NewAudioJob(id, "song.wav", "wav", 1_000, "audio/" + id + "/input.wav", "p"));
        return id;
    }

    private AudioJob now(UUID id) {
        return store.get(id).orElseThrow();
    }

    private Claim claim(UUID job) {
        database.run("UPDATE job SET state = 'PENDING', due_at = NULL WHERE id = $1", Tuple.of(job));
        int seq = database.first("SELECT claim_seq FROM job WHERE id = $1", Tuple.of(job), row -> row.getInteger(0))
                .orElseThrow();
        return jobs.claim(List.of(new Hint(job, seq, "default", 5, null)), "w1").getFirst();
    }

    private void end(UUID job, Transition transition) {
        jobs.record(List.of(new Settled(claim(job), transition)));
    }

    private UUID processing() {
        UUID id = submitted();
        begin(id);
        return id;
    }

    private UUID begin(UUID id) {
        UUID run = UUID.randomUUID();
        store.begin(id, now(id).taskJobId(), run);
        return run;
    }

    @Test
    void aSoundIsCommittedWithTheJobThatSeparatesIt() {
        UUID id = submitted();

        AudioJob audio = now(id);
        Job job = queries.get(audio.taskJobId()).orElseThrow();
        assertThat(audio.status()).isEqualTo(AudioStatus.PENDING);
        assertThat(audio.error()).isNull();
        assertThat(job.task()).isEqualTo("process_audio_job");
        assertThat(job.args()).isEqualTo("{\"job_id\": \"" + id + "\"}");
        assertThat(job.projectId()).isEqualTo("p");
        assertThat(job.tags()).containsExactly("audio:" + id);
    }

    @Test
    void withoutTheTaskThereIsNoSoundEither() {
        database.run("DELETE FROM task", Tuple.tuple());

        assertThatThrownBy(this::submitted).isInstanceOf(PgException.class);

        assertThat(store.list(List.of(), null, null, 10)).isEmpty();
    }

    @Test
    void stemsAreSeenOnceAllAreStored() {
        UUID id = submitted();
        UUID run = begin(id);

        assertThat(store.announce(id, run, STEMS)).isTrue();
        assertThat(store.stems(id)).isEmpty();
        assertThat(store.completed(id, run)).isTrue();

        assertThat(now(id).status()).isEqualTo(AudioStatus.COMPLETED);
        assertThat(now(id).finishedAt()).isNotNull();
        assertThat(store.stems(id)).isEqualTo(STEMS);
    }

    @Test
    void aRunThatAnotherHasOvertakenIsNotHeard() {
        UUID id = submitted();
        UUID first = begin(id);
        store.announce(id, first, STEMS);
        UUID second = begin(id);

        assertThat(store.announce(id, first, STEMS)).isFalse();
        assertThat(store.completed(id, first)).isFalse();
        assertThat(store.failed(id, first, "too late")).isFalse();
        assertThat(now(id).status()).isEqualTo(AudioStatus.PROCESSING);
        assertThat(store.leftOver(id, second)).containsExactlyInAnyOrderElementsOf(STEMS);

        store.forgetLeftOver(id, second);
        assertThat(store.leftOver(id, second)).isEmpty();
        assertThat(store.failed(id, second, "broken")).isTrue();
        assertThat(now(id).error()).isEqualTo("broken");
    }

    /** Its worker was lost once too often, its hard time limit has ended it, or its retries are used up. */
    @Test
    void aSoundWhoseTaskHasEndedWithoutAWordHasFailed() {
        UUID id = processing();

        end(now(id).taskJobId(), new Transition.Fail(JobError.workerLost("w1"), true));

        assertThat(now(id).status()).isEqualTo(AudioStatus.FAILED);
        assertThat(now(id).error()).isEqualTo("worker w1 was lost while it ran this job");
        assertThat(now(id).finishedAt()).isNotNull();
    }

    @Test
    void aSoundWhoseTaskWasRevokedHasFailed() {
        UUID id = submitted();

        control.revoke(now(id).taskJobId(), true);

        assertThat(now(id).status()).isEqualTo(AudioStatus.FAILED);
        assertThat(now(id).error()).isEqualTo("its job was revoked");
    }

    @Test
    void aSoundWhoseTaskIsTriedAgainGoesOn() {
        UUID id = processing();

        end(now(id).taskJobId(), new Transition.Retry(BROKEN, Instant.now().plusSeconds(60), 60));

        assertThat(now(id).status()).isEqualTo(AudioStatus.PROCESSING);
        assertThat(now(id).error()).isNull();
    }

    @Test
    void aFailedTaskThatIsRunAgainTakesItsSoundWithIt() {
        UUID id = processing();
        end(now(id).taskJobId(), new Transition.Fail(BROKEN, false));
        assertThat(now(id).error()).isEqualTo("the disk is full");

        control.runAgain(now(id).taskJobId());

        assertThat(now(id).status()).isEqualTo(AudioStatus.PROCESSING);
        assertThat(now(id).error()).isNull();
    }

    @Test
    void theEndIsStillKnownWhenItsJobHasLeftTheHotTableAndWhenItIsForgotten() {
        UUID id = processing();
        UUID job = now(id).taskJobId();
        end(job, new Transition.Fail(BROKEN, false));

        database.run("UPDATE job SET finished_at = now() - interval '1 hour' WHERE id = $1", Tuple.of(job));
        Duration day = Duration.ofDays(1);
        new FinishedStore(database).move(new UUID(0, 0), 1_000, Duration.ZERO, new Kept(day, day, day), 1_000);
        assertThat(database.first("SELECT 1 FROM job WHERE id = $1", Tuple.of(job), row -> 1))
                .isEmpty();
        assertThat(now(id).error()).isEqualTo("the disk is full");

        database.run("DELETE FROM finished_job", Tuple.tuple());
        assertThat(now(id).status()).isEqualTo(AudioStatus.FAILED);
        assertThat(now(id).error()).isEqualTo("its job is no longer known");
    }

    @Test
    void soundsAreListedByWhatTheyAreNow() {
        UUID waiting = submitted();
        UUID revoked = submitted();
        UUID done = submitted();
        control.revoke(now(revoked).taskJobId(), false);
        UUID run = begin(done);
        store.announce(done, run, STEMS);
        store.completed(done, run);

        assertThat(store.list(List.of(), "p", null, 10))
                .extracting(AudioJob::id)
                .containsExactly(done, revoked, waiting);
        assertThat(store.list(List.of(AudioStatus.FAILED), null, null, 10))
                .extracting(AudioJob::id)
                .containsExactly(revoked);
        assertThat(store.list(List.of(AudioStatus.PENDING), null, null, 10))
                .extracting(AudioJob::id)
                .containsExactly(waiting);
        assertThat(store.list(List.of(), null, done, 1))
                .extracting(AudioJob::id)
                .containsExactly(revoked);
        assertThat(store.list(List.of(), "another", null, 10)).isEmpty();
    }

    @Test
    void aForgottenSoundLeavesNothing() {
        UUID id = submitted();
        UUID run = begin(id);
        store.announce(id, run, STEMS);
        store.completed(id, run);
        assertThat(store.files(id))
                .containsExactlyInAnyOrder(
                        "audio/" + id + "/input.wav", "audio/x/percussive.wav", "audio/x/harmonic.wav");

        store.delete(id);

        assertThat(store.get(id)).isEmpty();
        assertThat(database.list("SELECT 1 FROM audio_stem", Tuple.tuple(), row -> 1))
                .isEmpty();
        assertThat(store.begin(id, UUID.randomUUID(), UUID.randomUUID())).isEmpty();
    }

    @Test
    void aSoundThatHasEndedMayBeSeparatedOnceMore() {
        UUID id = submitted();
        store.failed(id, begin(id), "broken");
        assertThat(queries.get(now(id).taskJobId()).orElseThrow().state()).isEqualTo(JobState.PENDING);

        begin(id);

        assertThat(now(id).status()).isEqualTo(AudioStatus.PROCESSING);
        assertThat(now(id).finishedAt()).isNull();
    }
}
