package io.millrace.audio;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An {@link AudioJob} as it is accepted, when its file is in the storage. */
public record NewAudioJob(
        UUID id,
        @Nullable String fileName,
        String format,
        long sizeBytes,
        String inputKey,
        @Nullable String projectId) {}
