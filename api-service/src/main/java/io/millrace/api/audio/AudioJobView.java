package io.millrace.api.audio;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.audio.AudioJob;
import io.millrace.audio.Stem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An audio job as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "AudioJob")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AudioJobView(
        UUID jobId,

        @Schema(description = "pending, processing, completed or failed")
        String status,

        @Schema(description = "why it has failed") @Nullable String error,

        @Schema(description = "what it was taken apart into, empty until it is completed")
        List<StemView> stems,

        @Nullable String fileName,
        String format,
        long sizeBytes,

        @Schema(description = "the job that separates it, with its progress: see /jobs/{id}")
        UUID taskJobId,

        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant finishedAt) {

    static AudioJobView of(AudioJob job, List<Stem> stems) {
        return new AudioJobView(
                job.id(),
                job.status().wireName(),
                job.error(),
                stems.stream().map(stem -> StemView.of(job.id(), stem)).toList(),
                job.fileName(),
                job.format(),
                job.sizeBytes(),
                job.taskJobId(),
                job.projectId(),
                job.createdAt(),
                job.finishedAt());
    }

    /** A stem, and where to get it. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AudioStem")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record StemView(String name, String url, long sizeBytes) {
        static StemView of(UUID job, Stem stem) {
            return new StemView(
                    stem.name(), AudioResource.PATH + "/" + job + "/stems/" + stem.name(), stem.sizeBytes());
        }
    }

    /** What is answered to a sound that is taken. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AudioJobAccepted")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Accepted(UUID jobId, String status) {}

    /** An audio job among others. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AudioJobSummary")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Summary(
            UUID jobId,
            String status,
            @Nullable String error,
            @Nullable String fileName,
            String format,
            long sizeBytes,
            @Nullable String projectId,
            Instant createdAt,
            @Nullable Instant finishedAt) {
        static Summary of(AudioJob job) {
            return new Summary(
                    job.id(),
                    job.status().wireName(),
                    job.error(),
                    job.fileName(),
                    job.format(),
                    job.sizeBytes(),
                    job.projectId(),
                    job.createdAt(),
                    job.finishedAt());
        }
    }

    /** Some jobs, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AudioJobPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<Summary> jobs,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
