package io.millrace.limit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the jobs that want to start may: those that have waited before those that come, the most urgent
 * first, then the oldest; each only where every one of its limits has room.
 */
public final class Gate {

    private Gate() {}

    /**
     * A job that wants to start.
     *
     * @param called whether it has waited and been called, rather than just come
     */
    public record Candidate(
            UUID jobId,
            int claimSeq,
            String task,
            String queue,
            @Nullable String rateKey,
            int priority,
            boolean called) {}

    /**
     * How a limit stands.
     *
     * @param running how many jobs under it run; 0 where their number is not limited
     */
    public record Use(StartLog log, int running) {
        /** Of a limit that nobody has met yet. */
        public static final Use NONE = new Use(StartLog.EMPTY, 0);
    }

    /** A job and the limits it is under, in order of names: its gate. */
    public record Gated(Candidate job, List<LimitName> gate) {}

    /**
     * What was decided.
     *
     * @param admitted may start now
     * @param parked must wait
     * @param starts how many starts were admitted under each limit
     */
    public record Decision(List<Gated> admitted, List<Gated> parked, Map<LimitName, Integer> starts) {}

    /** How many more jobs may start under a limit. */
    public static int room(@Nullable Limit limit, Use use, Instant now) {
        if (limit == null) {
            return Integer.MAX_VALUE;
        }
        int room = limit.rate() == null ? Integer.MAX_VALUE : use.log().room(limit.rate(), now);
        return limit.maxConcurrency() == null
                ? room
                : Math.min(room, Math.max(0, limit.maxConcurrency() - use.running()));
    }

    /**
     * Decides.
     *
     * @param waiting the gates at which others wait; who just comes queues up behind them
     */
    public static Decision decide(
            List<Candidate> candidates,
            Limits limits,
            Map<LimitName, Use> uses,
            Set<List<LimitName>> waiting,
            Instant now) {
        var admitted = new ArrayList<Gated>();
        var parked = new ArrayList<Gated>();
        var starts = new HashMap<LimitName, Integer>();
        var rooms = new HashMap<LimitName, Integer>();
        var ordered = new ArrayList<>(candidates);
        ordered.sort(Comparator.comparing(Candidate::called)
                .reversed()
                .thenComparing(Candidate::priority, Comparator.reverseOrder())
                .thenComparing(Candidate::jobId));
        for (Candidate job : ordered) {
            List<Limit> under = limits.of(job.task(), job.queue(), job.rateKey());
            List<LimitName> names = under.stream().map(Limit::name).toList();
            boolean behindOthers = !job.called() && waiting.contains(names);
            for (Limit limit : under) {
                rooms.computeIfAbsent(limit.name(), name -> room(limit, uses.getOrDefault(name, Use.NONE), now));
            }
            if (behindOthers || names.stream().anyMatch(name -> rooms.getOrDefault(name, 0) == 0)) {
                parked.add(new Gated(job, names));
                continue;
            }
            for (LimitName name : names) {
                rooms.merge(name, -1, Integer::sum);
                starts.merge(name, 1, Integer::sum);
            }
            admitted.add(new Gated(job, names));
        }
        return new Decision(admitted, parked, starts);
    }
}
