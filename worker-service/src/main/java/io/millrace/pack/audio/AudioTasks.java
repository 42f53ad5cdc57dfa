package io.millrace.pack.audio;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.audio.AudioJob;
import io.millrace.audio.BadSound;
import io.millrace.audio.Stem;
import io.millrace.pack.audio.signal.Tuning;
import io.millrace.storage.Storage;
import io.millrace.store.AudioStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.task.SoftTimeLimitExceeded;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Separates uploaded sounds. */
@Singleton
class AudioTasks {

    private final AudioStore store;
    private final Storage storage;
    private final Separator separator;
    private final Path workFolder;
    private final Clock clock;

    AudioTasks(AudioStore store, Storage storage, AudioConfig config, Clock clock) {
        this.store = store;
        this.storage = storage;
        this.separator = config.command()
                .<Separator>map(CommandSeparator::new)
                .orElseGet(
                        () -> new BuiltInSeparator(Tuning.DEFAULT.withMargin(config.margin()), config.maxDuration()));
        this.workFolder = config.workFolder();
        this.clock = clock;
    }

    /** @param jobId the audio job's id */
    @RegisterForReflection(registerFullHierarchy = true)
    record Which(@NotNull String jobId) {}

    /**
     * How it ended.
     *
     * @param status {@code completed} or {@code failed}
     */
    @RegisterForReflection(registerFullHierarchy = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Processed(String status, @Nullable String error) {
        static Processed completed() {
            return new Processed("completed", null);
        }

        static Processed failed(String error) {
            return new Processed("failed", error);
        }
    }

    /**
     * Separates a sound into stems and stores them. What another attempt may mend (a connection, a timeout, a disk) is
     * thrown, and tried again; everything else ends the audio job as failed, with what is wrong.
     */
    @Task(
            name = "process_audio_job",
            isolated = true,
            maxTasksPerChild = 50,
            maxRetries = 3,
            retryDelay = "1s",
            retryFactor = 2,
            retryCap = "600s",
            retryFor = {IOException.class, UncheckedIOException.class, TimeoutException.class, StoreUnavailable.class},
            softTimeLimit = "3300s",
            timeLimit = "3600s",
            resultTtl = "1h")
    Processed processAudioJob(Which args, TaskContext context) throws IOException {
        UUID id = uuid(args.jobId());
        if (id == null) {
            context.log().warnf("audio_job=%s is no id", args.jobId());
            return Processed.failed("'" + args.jobId() + "' is not the id of an audio job: it is no UUID");
        }
        UUID run = UUID.randomUUID();
        AudioJob job = store.begin(id, context.jobId(), run).orElse(null);
        if (job == null) {
            return Processed.failed("there is no audio job " + id);
        }
        try {
            forgetRunsBefore(id, run);
            List<Stem> stems = separate(job, run, context);
            context.log().infof("audio_job=%s completed stems=%d", id, stems.size());
            return store.completed(id, run) ? Processed.completed() : overtaken(job);
        } catch (BadSound | SeparationFailed e) {
            return failed(job, run, String.valueOf(e.getMessage()), context);
        } catch (InterruptedException | IOException | RuntimeException e) {
            return failedUnlessMendable(job, run, e, context);
        }
    }

    private static @Nullable UUID uuid(String text) {
        try {
            UUID id = UUID.fromString(text);
            // Java also reads what is shorter than it should be.
            return id.toString().equalsIgnoreCase(text) ? id : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A run that was killed, or a retry, has left stems that nobody will ask for. */
    private void forgetRunsBefore(UUID id, UUID run) throws IOException {
        for (Stem stem : store.leftOver(id, run)) {
            storage.delete(stem.key());
        }
        store.forgetLeftOver(id, run);
    }

    private List<Stem> separate(AudioJob job, UUID run, TaskContext context)
            throws IOException, InterruptedException, BadSound, SeparationFailed {
        try (WorkFolder folder = WorkFolder.of(workFolder, run, clock.instant())) {
            Path sound = folder.path().resolve("input." + job.format());
            fetch(job, sound);
            Path made = Files.createDirectory(folder.path().resolve("stems"));
            List<Separator.Made> files = separator.separate(sound, made, context);
            return keep(job, run, files, context);
        }
    }

    private void fetch(AudioJob job, Path to) throws IOException, SeparationFailed {
        try {
            storage.fetch(job.inputKey(), to);
        } catch (NoSuchFileException e) {
            throw new SeparationFailed("The uploaded file is not there any more.");
        }
    }

    private List<Stem> keep(AudioJob job, UUID run, List<Separator.Made> files, TaskContext context)
            throws IOException {
        var stems = new ArrayList<Stem>();
        for (Separator.Made file : files) {
            String key = "audio/" + job.id() + "/" + run + "/" + file.name() + ".wav";
            stems.add(new Stem(file.name(), key, Files.size(file.file())));
        }
        if (!store.announce(job.id(), run, stems)) {
            return stems;
        }
        for (int i = 0; i < stems.size(); i++) {
            context.checkpoint();
            context.progress(i, stems.size(), "storing", stems.get(i).name());
            storage.put(stems.get(i).key(), files.get(i).file());
        }
        return stems;
    }

    private Processed failedUnlessMendable(AudioJob job, UUID run, Exception e, TaskContext context)
            throws IOException {
        // The word that the run shall end is an interruption, which looks like a failure of whatever was waited for.
        boolean _ = Thread.interrupted();
        try {
            context.checkpoint();
        } catch (SoftTimeLimitExceeded late) {
            return failed(job, run, "It took longer than its soft time limit.", context);
        }
        return switch (e) {
            case SoftTimeLimitExceeded _ -> failed(job, run, "It took longer than its soft time limit.", context);
            case CancellationException ended -> throw ended;
            case IOException mendable -> {
                context.log().warnf(mendable, "audio_job=%s was not separated", job.id());
                throw mendable;
            }
            case UncheckedIOException mendable -> throw mendable;
            case StoreUnavailable mendable -> throw mendable;
            case InterruptedException interrupted -> throw new IllegalStateException("interrupted", interrupted);
            case Exception other -> {
                context.log().errorf(other, "audio_job=%s could not be separated", job.id());
                yield failed(job, run, "It could not be separated: " + other, context);
            }
        };
    }

    private Processed failed(AudioJob job, UUID run, String error, TaskContext context) {
        context.log().warnf("audio_job=%s failed: %s", job.id(), error);
        return store.failed(job.id(), run, error) ? Processed.failed(error) : overtaken(job);
    }

    private static Processed overtaken(AudioJob job) {
        return Processed.failed("another run has begun with audio job " + job.id());
    }
}
