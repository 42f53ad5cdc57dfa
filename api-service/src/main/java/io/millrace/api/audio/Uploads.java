package io.millrace.api.audio;

import io.millrace.api.body.BodyLimits;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.audio.BadSound;
import io.millrace.audio.NewAudioJob;
import io.millrace.audio.SoundHeader;
import io.millrace.job.JobIds;
import io.millrace.storage.Storage;
import io.millrace.store.AudioStore;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Takes sounds: each is looked at, stored, and then committed with its job. */
@Singleton
class Uploads {

    private static final Logger LOG = Logger.getLogger(Uploads.class);

    private final AudioStore store;
    private final Storage storage;
    private final long most;
    private final JobIds ids = new JobIds();

    Uploads(AudioStore store, Storage storage, BodyLimits limits) {
        this.store = store;
        this.storage = storage;
        this.most = limits.maxUpload().asLongValue();
    }

    /**
     * Takes a sound.
     *
     * @param file where it is until this returns
     * @param fileName as the uploader calls it
     * @return its id
     * @throws Problem if it is none, or cannot be stored
     */
    UUID take(Path file, @Nullable String fileName, @Nullable String project) {
        long size = size(file);
        if (size > most) {
            // Of a body that did not say so beforehand.
            throw BodyLimits.tooLarge(most);
        }
        SoundHeader header = look(file);
        UUID id = ids.next();
        String key = "audio/" + id + "/input." + header.format().wireName();
        try {
            storage.put(key, file);
            store.submit(new NewAudioJob(id, fileName, header.format().wireName(), size, key, project));
            return id;
        } catch (IOException e) {
            throw unavailable("a sound could not be stored", e);
        } catch (RuntimeException e) {
            // Nothing names the file, so nobody would ever delete it.
            delete(key);
            throw e;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unavailable("an upload could not be read", e);
        }
    }

    private static SoundHeader look(Path file) {
        try (var channel = FileChannel.open(file)) {
            return SoundHeader.read(channel);
        } catch (BadSound e) {
            throw Problem.of(
                    switch (e.fault()) {
                        case EMPTY -> ProblemCode.EMPTY_AUDIO;
                        case NOT_AUDIO, UNSUPPORTED -> ProblemCode.NOT_AUDIO;
                        case CORRUPT -> ProblemCode.CORRUPT_AUDIO;
                    },
                    String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw unavailable("an upload could not be read", e);
        }
    }

    private void delete(String key) {
        try {
            storage.delete(key);
        } catch (IOException e) {
            LOG.warnf("an upload that was not accepted stays in the storage key=%s: %s", key, e);
        }
    }

    static Problem unavailable(String what, IOException e) {
        LOG.warnf(e, "%s", what);
        return Problem.of(ProblemCode.STORAGE_UNAVAILABLE, "The storage of files does not answer; try again shortly.");
    }
}
