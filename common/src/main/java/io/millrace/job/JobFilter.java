package io.millrace.job;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a listing shows. An empty list or a null leaves that aspect open; several values mean any of them.
 *
 * @param text looked for in arguments and errors, case-insensitive, and as the end of a job's or a batch's id where it
 *     has eight letters or more, as many as people see of one
 */
public record JobFilter(
        List<JobState> states,
        List<String> tasks,
        List<String> queues,
        List<UUID> batches,
        List<String> workers,
        List<String> tags,
        List<String> projects,
        @Nullable String text,
        @Nullable Instant createdAfter,
        @Nullable Instant createdBefore) {

    /** Everything. */
    public static final JobFilter ALL = new JobFilter(
            List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null, null, null);

    /** The same, of these projects only. */
    public JobFilter of(List<String> projects) {
        return new JobFilter(
                states, tasks, queues, batches, workers, tags, projects, text, createdAfter, createdBefore);
    }
}
