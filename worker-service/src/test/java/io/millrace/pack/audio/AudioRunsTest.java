package io.millrace.pack.audio;

import static io.millrace.testkit.JobAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.audio.AudioJob;
import io.millrace.audio.AudioStatus;
import io.millrace.audio.NewAudioJob;
import io.millrace.audio.Stem;
import io.millrace.job.JobIds;
import io.millrace.job.RetryPolicy;
import io.millrace.pack.audio.AudioTasks.Processed;
import io.millrace.pack.audio.AudioTasks.Which;
import io.millrace.storage.FolderStorage;
import io.millrace.storage.Storage;
import io.millrace.store.AudioStore;
import io.millrace.store.Database;
import io.millrace.store.QueueStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealDatabase;
import io.millrace.testing.SoundFixture;
import io.millrace.testkit.MillraceTest;
import io.millrace.testkit.MillraceTest.Tasks;
import io.millrace.testkit.TestClock;
import io.millrace.testkit.TestEngine;
import io.millrace.testkit.TestJob;
import io.millrace.worker.run.Rehearsal.Interruption;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The task as a worker runs it, but for the process of its own: real PostgreSQL, real files, and the engine's own decisions
 * on what is tried again. What becomes of the jobs of Millrace is told by {@code AudioStoreTest}.
 */
@Tag("real")
@MillraceTest
class AudioRunsTest {

    @TempDir
    static Path folder;

    private static final float[][] STEREO = SoundFixture.tone(2, 8_000, 1);

    private final TestClock clock = new TestClock();
    private final Database database = RealDatabase.empty();
    private final AudioStore store = new AudioStore(database);
    private final Unreliable storage = new Unreliable(new FolderStorage(folder.resolve("storage")));

    @Tasks
    @SuppressWarnings("UnusedVariable") // Read by the engine.
    private final AudioTasks tasks = new AudioTasks(store, storage, config(null), clock);

    private static AudioConfig config(@Nullable List<String> command) {
        return new AudioConfig() {
            @Override
            public Optional<List<String>> command() {
                return Optional.ofNullable(command);
            }

            @Override
            public Duration maxDuration() {
                return Duration.ofSeconds(5);
            }

            @Override
            public double margin() {
                return 1;
            }

            @Override
            public Path workFolder() {
                return folder.resolve("work");
            }
        };
    }

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

    private UUID uploaded(byte[] sound, String format) throws IOException {
        UUID id = new JobIds().next();
        String key = "audio/" + id + "/input." + format;
        storage.put(key, Files.write(folder.resolve("upload"), sound));
        store.submit(new NewAudioJob(id, "song." + format, format, sound.length, key, null));
        return id;
    }

    private UUID uploaded() throws IOException {
        return uploaded(SoundFixture.wav(STEREO, 8_000, 16), "wav");
    }

    private static TestJob submitted(TestEngine engine, UUID id) {
        return engine.submit("process_audio_job", new Which(id.toString()));
    }

    private AudioJob now(UUID id) {
        return store.get(id).orElseThrow();
    }

    private static void assertNoWorkLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder.resolve("work"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aSoundIsSeparatedIntoStems(TestEngine engine) throws Exception {
        UUID id = uploaded();

        TestJob job = submitted(engine, id);
        engine.runUntilIdle();

        assertThat(job).succeeded().reported(8_000, 8_000, "separating");
        assertThat(job.resultJson()).isEqualTo("{\"status\":\"completed\"}");
        assertThat(now(id).status()).isEqualTo(AudioStatus.COMPLETED);
        assertThat(store.stems(id)).extracting(Stem::name).containsExactly("harmonic", "percussive", "centre", "sides");
        for (Stem stem : store.stems(id)) {
            try (InputStream in = storage.open(stem.key(), 0, Long.MAX_VALUE)) {
                assertThat(in.readAllBytes()).hasSize((int) stem.sizeBytes()).hasSize(58 + 8_000 * 2 * 4);
            }
        }
        assertNoWorkLeft();
    }

    @Test
    void soIsAFlacFile(TestEngine engine) throws Exception {
        UUID id = uploaded(SoundFixture.flac(SoundFixture.tone(1, 8_000, 1), 8_000, 16), "flac");

        TestJob job = submitted(engine, id);
        engine.runUntilIdle();

        assertThat(job).succeededWith(new Processed("completed", null));
        assertThat(store.stems(id)).extracting(Stem::name).containsExactly("harmonic", "percussive");
    }

    @Test
    void whatIsNoIdIsAnErrorAtOnce(TestEngine engine) {
        TestJob job = engine.submit("process_audio_job", new Which("not-a-uuid"));

        engine.runUntilIdle();

        assertThat(job).succeeded().hasRun(1);
        assertThat(job.result(Processed.class).status()).isEqualTo("failed");
        assertThat(job.result(Processed.class).error()).contains("not-a-uuid").contains("no UUID");
    }

    @Test
    void anIdOfNothingIsAnErrorAtOnce(TestEngine engine) {
        TestJob job = submitted(engine, new UUID(1, 2));

        engine.runUntilIdle();

        assertThat(job).hasRun(1).succeeded();
        assertThat(job.result(Processed.class).error()).contains("there is no audio job");
    }

    private void assertFailed(TestEngine engine, UUID id, String error) throws IOException {
        TestJob job = submitted(engine, id);
        engine.runUntilIdle();

        assertThat(job).succeeded().hasRun(1);
        assertThat(job.result(Processed.class).status()).isEqualTo("failed");
        assertThat(job.result(Processed.class).error()).contains(error);
        assertThat(now(id).status()).isEqualTo(AudioStatus.FAILED);
        assertThat(now(id).error()).contains(error);
        assertNoWorkLeft();
    }

    @Test
    void aFileThatIsGoneIsTheEnd(TestEngine engine) throws Exception {
        UUID id = uploaded();
        storage.delete(now(id).inputKey());

        assertFailed(engine, id, "not there any more");
    }

    @Test
    void aFileThatTurnsOutToBeBrokenIsTheEnd(TestEngine engine) throws Exception {
        byte[] flac = SoundFixture.flac(STEREO, 8_000, 16);

        assertFailed(engine, uploaded(Arrays.copyOf(flac, flac.length / 2), "flac"), "FLAC file is broken");
    }

    @Test
    void aSoundThatIsTooLongIsTheEnd(TestEngine engine) throws Exception {
        assertFailed(engine, uploaded(SoundFixture.wav(new float[1][50_000], 8_000, 8), "wav"), "longer than 5 s");
    }

    @Test
    void aBugIsTheEndAndIsTold(TestEngine engine) throws Exception {
        storage.next.add(new IllegalStateException("a bug"));

        assertFailed(engine, uploaded(), "a bug");
    }

    @Test
    void aStorageThatDoesNotAnswerIsAskedAgain(TestEngine engine) throws Exception {
        UUID id = uploaded();
        storage.next.add(new IOException("connection reset"));
        storage.next.add(new IOException("timeout"));
        TestJob job = submitted(engine, id);

        engine.runUntilIdle();
        assertThat(job).hasError("IOException");
        assertNoWorkLeft();
        engine.finish(job);

        assertThat(job).succeededWith(new Processed("completed", null)).hasRun(3);
        assertThat(now(id).status()).isEqualTo(AudioStatus.COMPLETED);
    }

    @Test
    void afterThreeRetriesItIsOver(TestEngine engine) throws Exception {
        UUID id = uploaded();
        for (int i = 0; i < 4; i++) {
            storage.next.add(new IOException("no route to host"));
        }
        TestJob job = submitted(engine, id);

        engine.finish(job);

        assertThat(job).failedWith("IOException").hasRun(4);
        assertThat(now(id).status()).isEqualTo(AudioStatus.FAILED);
    }

    @Test
    void aRunThatTakesTooLongIsTheEndAndSaysSo(TestEngine engine) throws Exception {
        UUID id = uploaded();
        TestJob job = submitted(engine, id).atCheckpoint(5, Interruption.SOFT_LIMIT);

        engine.runUntilIdle();

        assertThat(job).succeeded().hasRun(1);
        assertThat(now(id).error()).contains("soft time limit");
        assertNoWorkLeft();
    }

    @Test
    void aWorkerThatDiesWhileItStoresLeavesNoStemsBehind(TestEngine engine) throws Exception {
        UUID id = uploaded();
        // The upload was the first.
        storage.whenPut = (key, n) -> {
            if (n == 2) {
                throw new IOException("the disk is full at " + key);
            }
        };
        TestJob job = submitted(engine, id);
        engine.runUntilIdle();
        storage.whenPut = (_, _) -> {};

        engine.finish(job);

        assertThat(job).succeededWith(new Processed("completed", null)).hasRun(2);
        assertThat(store.files(id)).hasSize(5);
        try (Stream<Path> files = Files.walk(folder.resolve("storage/audio/" + id))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(5);
        }
    }

    @Test
    void aLostWorkersSoundIsSeparatedByAnother(TestEngine engine) throws Exception {
        UUID id = uploaded();
        TestJob job = submitted(engine, id).atCheckpoint(5, Interruption.WORKER_LOST);

        engine.finish(job);

        assertThat(job).succeededWith(new Processed("completed", null)).hasRun(2);
    }

    @Test
    void theTaskIsDeclaredAsItsSystemHasIt() throws Exception {
        Task task = AudioTasks.class
                .getDeclaredMethod("processAudioJob", Which.class, TaskContext.class)
                .getAnnotation(Task.class);

        assertThat(task.isolated()).isTrue();
        assertThat(task.maxTasksPerChild()).isEqualTo(50);
        assertThat(task.acksLate()).isTrue();
        assertThat(List.of(task.softTimeLimit(), task.timeLimit(), task.retryCap(), task.resultTtl()))
                .containsExactly("3300s", "3600s", "600s", "1h");
        assertThat(task.maxRetries()).isEqualTo(3);
        assertThat(task.retryJitter()).isTrue();
    }

    /** Files in a folder, and now and then something else. */
    private static final class Unreliable implements Storage {

        private interface Putting {
            void put(String key, int n) throws IOException;
        }

        private final Storage files;
        final Deque<Exception> next = new ArrayDeque<>();
        Putting whenPut = (_, _) -> {};
        private int puts;

        Unreliable(Storage files) {
            this.files = files;
        }

        @Override
        public void put(String key, Path file) throws IOException {
            whenPut.put(key, puts++);
            files.put(key, file);
        }

        @Override
        public InputStream open(String key, long from, long length) throws IOException {
            return files.open(key, from, length);
        }

        @Override
        public void fetch(String key, Path to) throws IOException {
            Exception failure = next.poll();
            switch (failure) {
                case null -> files.fetch(key, to);
                case IOException io -> throw io;
                case RuntimeException bug -> throw bug;
                default -> throw new IllegalStateException(failure);
            }
        }

        @Override
        public void delete(String key) throws IOException {
            files.delete(key);
        }
    }
}
