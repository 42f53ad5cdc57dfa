package io.millrace.api.stats;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.JobState;
import io.millrace.store.CountStore.Count;
import io.millrace.store.CountStore.Minute;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Counts for a dashboard.
 *
 * @param byState every state, also those without jobs
 */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Stats")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Stats(
        Map<String, Long> byState,
        Map<String, Map<String, Long>> byQueue,
        Map<String, Map<String, Long>> byTask,
        List<MinuteCounts> perMinute) {

    /** What ended in a minute, in a queue. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "MinuteCounts")
    public record MinuteCounts(Instant minute, String queue, long completed, long failed, long revoked) {}

    static Stats of(List<Count> counts, List<Minute> minutes) {
        var byState = new TreeMap<String, Long>();
        for (JobState state : JobState.values()) {
            // PROGRESS is how a started job may be reported, not a state that is counted.
            if (state != JobState.PROGRESS) {
                byState.put(state.name(), 0L);
            }
        }
        counts.forEach(count -> byState.merge(count.state(), count.count(), Long::sum));
        return new Stats(byState, grouped(counts, Count::queue), grouped(counts, Count::task), perMinute(minutes));
    }

    private static Map<String, Map<String, Long>> grouped(List<Count> counts, Function<Count, String> by) {
        var groups = new TreeMap<String, Map<String, Long>>();
        counts.forEach(count -> groups.computeIfAbsent(by.apply(count), _ -> new TreeMap<>())
                .merge(count.state(), count.count(), Long::sum));
        return groups;
    }

    private static List<MinuteCounts> perMinute(List<Minute> minutes) {
        record Slot(Instant minute, String queue) implements Comparable<Slot> {
            @Override
            public int compareTo(Slot other) {
                int byMinute = minute.compareTo(other.minute);
                return byMinute != 0 ? byMinute : queue.compareTo(other.queue);
            }
        }
        var slots = new TreeMap<Slot, MinuteCounts>();
        for (Minute m : minutes) {
            slots.merge(
                    new Slot(m.minute(), m.queue()),
                    new MinuteCounts(
                            m.minute(),
                            m.queue(),
                            countOf(m, JobState.SUCCESS),
                            countOf(m, JobState.FAILURE),
                            countOf(m, JobState.REVOKED)),
                    Stats::sum);
        }
        return List.copyOf(slots.values());
    }

    private static long countOf(Minute minute, JobState state) {
        return minute.state().equals(state.name()) ? minute.count() : 0;
    }

    private static MinuteCounts sum(MinuteCounts a, MinuteCounts b) {
        return new MinuteCounts(
                a.minute(),
                a.queue(),
                a.completed() + b.completed(),
                a.failed() + b.failed(),
                a.revoked() + b.revoked());
    }
}
