package io.millrace.api.event;

import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.job.JobState;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which events a stream shows. An empty set leaves that aspect open; several values mean any of them. */
record EventFilter(
        Set<String> jobs,
        Set<String> queues,
        Set<String> tasks,
        Set<String> states,
        Set<String> batches,
        Set<String> projects) {

    /** The events of one job. */
    static EventFilter ofJob(UUID id) {
        return new EventFilter(Set.of(id.toString()), Set.of(), Set.of(), Set.of(), Set.of(), Set.of());
    }

    /** What query parameters mean, values separated by commas. @throws Problem with every one that is not understood */
    static EventFilter of(
            @Nullable String queue, @Nullable String task, @Nullable String state, @Nullable String batchId) {
        var errors = new ArrayList<FieldError>(0);
        var filter = new EventFilter(
                Set.of(),
                Set.copyOf(QueryParams.words(queue)),
                Set.copyOf(QueryParams.words(task)),
                Set.copyOf(QueryParams.values(
                        "state",
                        state,
                        word -> JobState.valueOf(word.toUpperCase(Locale.ROOT)).name(),
                        "is not a state",
                        errors)),
                Set.copyOf(QueryParams.values(
                        "batch_id", batchId, word -> UUID.fromString(word).toString(), "is not a UUID", errors)),
                Set.of());
        QueryParams.refuse(errors);
        return filter;
    }

    /** The same, of one project only; of all with null. */
    EventFilter within(@Nullable String project) {
        return project == null ? this : new EventFilter(jobs, queues, tasks, states, batches, Set.of(project));
    }

    boolean matches(HeardEvent event) {
        return open(jobs, event.jobId())
                && open(queues, event.queue())
                && open(tasks, event.task())
                && open(states, event.state())
                && open(batches, event.batchId())
                && open(projects, event.projectId());
    }

    private static boolean open(Set<String> wanted, String value) {
        return wanted.isEmpty() || wanted.contains(value);
    }
}
