package io.millrace.api.event;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which events a stream shows. An empty set leaves that aspect open; several values mean any of them. */
record EventFilter(Set<String> jobs, Set<String> queues, Set<String> tasks, Set<String> states, Set<String> batches) {

    /** The events of one job. */
    static EventFilter ofJob(UUID id) {
        return new EventFilter(Set.of(id.toString()), Set.of(), Set.of(), Set.of(), Set.of());
    }

    /** What query parameters mean, values separated by commas. @throws Problem with every one that is not understood */
    static EventFilter of(
            @Nullable String queue, @Nullable String task, @Nullable String state, @Nullable String batchId) {
        var errors = new ArrayList<FieldError>(0);
        var filter = new EventFilter(
                Set.of(),
                values("queue", queue, word -> word, "", errors),
                values("task", task, word -> word, "", errors),
                values(
                        "state",
                        state,
                        word -> JobState.valueOf(word.toUpperCase(Locale.ROOT)).name(),
                        "is not a state",
                        errors),
                values("batch_id", batchId, word -> UUID.fromString(word).toString(), "is not a UUID", errors));
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        return filter;
    }

    private static Set<String> values(
            String field, @Nullable String text, UnaryOperator<String> read, String wrong, List<FieldError> errors) {
        return Stream.of(text == null ? new String[0] : text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .map(word -> {
                    try {
                        return read.apply(word);
                    } catch (IllegalArgumentException e) {
                        errors.add(new FieldError(field, "'" + word + "' " + wrong));
                        return word;
                    }
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean matches(HeardEvent event) {
        return open(jobs, event.jobId())
                && open(queues, event.queue())
                && open(tasks, event.task())
                && open(states, event.state())
                && open(batches, event.batchId());
    }

    private static boolean open(Set<String> wanted, String value) {
        return wanted.isEmpty() || wanted.contains(value);
    }
}
