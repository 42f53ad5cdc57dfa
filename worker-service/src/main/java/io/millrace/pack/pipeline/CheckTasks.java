package io.millrace.pack.pipeline;

import static io.millrace.pack.pipeline.ClassifiedFailure.classified;

import io.millrace.pipeline.Alarms;
import io.millrace.pipeline.Freshness;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Timeliness;
import io.millrace.store.ExecutionStore;
import io.millrace.store.ExecutionStore.Timed;
import io.millrace.store.PipelineAlarms;
import io.millrace.store.PipelineStore;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks whether data are as fresh, and executions as quick, as they are expected to be. */
@Singleton
class CheckTasks {

    private static final int PAGE = 500;

    /** A result names so many and counts the rest. */
    private static final int LISTED = 100;

    private static final int DEFAULT_LOOKBACK_MINUTES = 60;
    private static final int MOST_LOOKBACK_MINUTES = 366 * 24 * 60;

    private final PipelineStore pipelines;
    private final ExecutionStore executions;
    private final PipelineAlarms alarms;
    private final Clock clock;

    CheckTasks(PipelineStore pipelines, ExecutionStore executions, PipelineAlarms alarms, Clock clock) {
        this.pipelines = pipelines;
        this.executions = executions;
        this.alarms = alarms;
        this.clock = clock;
    }

    /** @param lastChange insert, update or soft_delete; null for none since the pipeline has been known */
    @RegisterForReflection(registerFullHierarchy = true)
    record Stale(
            long pipelineId,
            String name,
            @Nullable String lastChange,
            Instant lastChangeAt,
            long ageSeconds,
            double freshnessSeconds) {}

    /** @param pipelines those that are stale, the first hundred */
    @RegisterForReflection(registerFullHierarchy = true)
    record FreshnessReport(int checked, int fresh, int stale, int newlyStale, List<Stale> pipelines) {}

    /** Looks when each pipeline's data were last changed. */
    @Task(
            name = "freshness_check_task",
            maxRetries = 3,
            retryDelay = "60s",
            rateLimit = "1/s",
            softTimeLimit = "5m",
            timeLimit = "6m")
    FreshnessReport checkFreshness(TaskContext context) throws Exception {
        return classified(() -> freshness(context));
    }

    private FreshnessReport freshness(TaskContext context) {
        Instant now = clock.instant();
        int checked = 0;
        int newlyStale = 0;
        int stale = 0;
        var listed = new ArrayList<Stale>();
        List<Pipeline> page = pipelines.freshnessExpected(0, PAGE);
        while (!page.isEmpty()) {
            for (Pipeline pipeline : page) {
                context.checkpoint();
                Duration expected = pipeline.settings().freshness();
                if (expected == null) {
                    continue;
                }
                checked++;
                var freshness = Freshness.of(pipeline.modified(), pipeline.createdAt(), expected, now);
                if (freshness.stale()) {
                    stale++;
                    newlyStale += tellStale(pipeline, freshness, expected, now) ? 1 : 0;
                    if (listed.size() < LISTED) {
                        listed.add(stale(pipeline, freshness, expected));
                    }
                } else if (pipeline.staleSince() != null) {
                    pipelines.becameFresh(pipeline.id());
                }
            }
            context.progress(50, 100, "Checking freshness...", checked + " pipelines checked");
            page = pipelines.freshnessExpected(page.getLast().id(), PAGE);
        }
        return new FreshnessReport(checked, checked - stale, stale, newlyStale, listed);
    }

    private boolean tellStale(Pipeline pipeline, Freshness freshness, Duration expected, Instant now) {
        boolean news = pipelines.becameStale(pipeline.id(), freshness.lastAt(), now);
        if (news) {
            alarms.tell(Alarms.stale(pipeline, freshness, expected));
        }
        return news;
    }

    private static Stale stale(Pipeline pipeline, Freshness freshness, Duration expected) {
        Freshness.Change last = freshness.last();
        return new Stale(
                pipeline.id(),
                pipeline.settings().name(),
                last == null ? null : last.wireName(),
                freshness.lastAt(),
                freshness.age().toSeconds(),
                expected.toMillis() / 1000.0);
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Lookback(
            @Nullable @Min(1) @Max(MOST_LOOKBACK_MINUTES) Integer lookbackMinutes) {}

    /** @param verdict late, for one that has ended, or overdue, for one that still runs */
    @RegisterForReflection(registerFullHierarchy = true)
    record TooLong(long executionId, String pipeline, String verdict, double tookSeconds, double timelinessSeconds) {}

    /** @param executions those that are late or overdue, the first hundred */
    @RegisterForReflection(registerFullHierarchy = true)
    record TimelinessReport(
            int lookbackMinutes,
            int checked,
            int onTime,
            int late,
            int running,
            int overdue,
            int newlyLate,
            List<TooLong> executions) {}

    /** Looks how long executions took that have ended lately, and how long those that run have been running. */
    @Task(
            name = "timeliness_check_task",
            maxRetries = 3,
            retryDelay = "60s",
            rateLimit = "1/s",
            softTimeLimit = "5m",
            timeLimit = "6m")
    TimelinessReport checkTimeliness(Lookback args, TaskContext context) throws Exception {
        int minutes = args.lookbackMinutes() == null ? DEFAULT_LOOKBACK_MINUTES : args.lookbackMinutes();
        return classified(() -> timeliness(minutes, context));
    }

    private TimelinessReport timeliness(int minutes, TaskContext context) {
        var watch = new Watch(clock.instant());
        context.progress(0, 100, "Checking timeliness...", "executions that have ended");
        List<Timed> page = executions.endedSince(watch.now.minus(Duration.ofMinutes(minutes)), 0, PAGE);
        while (!page.isEmpty()) {
            context.checkpoint();
            watch.judge(page);
            var last = page.getLast().execution();
            page = last.finishedAt() == null ? List.of() : executions.endedSince(last.finishedAt(), last.id(), PAGE);
        }
        context.progress(50, 100, "Checking timeliness...", "executions that run");
        page = executions.stillRunning(0, PAGE);
        while (!page.isEmpty()) {
            context.checkpoint();
            watch.judge(page);
            page = executions.stillRunning(page.getLast().execution().id(), PAGE);
        }
        return watch.report(minutes);
    }

    /** One look at all executions. */
    private final class Watch {
        private final Instant now;
        private final int[] verdicts = new int[Timeliness.Verdict.values().length];
        private final List<TooLong> listed = new ArrayList<>();
        private int newlyLate;

        Watch(Instant now) {
            this.now = now;
        }

        void judge(List<Timed> page) {
            var tooLong = new ArrayList<Timed>();
            for (Timed timed : page) {
                var timeliness = timeliness(timed);
                verdicts[timeliness.verdict().ordinal()]++;
                if (timeliness.verdict().tooLong()) {
                    tooLong.add(timed);
                    list(timed, timeliness);
                }
            }
            Set<Long> news = executions.noteLate(
                    tooLong.stream().map(timed -> timed.execution().id()).toList(), now);
            newlyLate += news.size();
            for (Timed timed : tooLong) {
                if (news.contains(timed.execution().id())) {
                    alarms.tell(Alarms.late(timed.pipeline(), timed.execution(), timeliness(timed), timed.expected()));
                }
            }
        }

        private Timeliness timeliness(Timed timed) {
            return Timeliness.of(timed.execution(), timed.expected(), now);
        }

        private void list(Timed timed, Timeliness timeliness) {
            if (listed.size() < LISTED) {
                listed.add(new TooLong(
                        timed.execution().id(),
                        timed.pipeline(),
                        timeliness.verdict().name().toLowerCase(Locale.ROOT),
                        timeliness.took().toMillis() / 1000.0,
                        timed.expected().toMillis() / 1000.0));
            }
        }

        TimelinessReport report(int minutes) {
            int onTime = count(Timeliness.Verdict.ON_TIME);
            int late = count(Timeliness.Verdict.LATE);
            int running = count(Timeliness.Verdict.RUNNING);
            int overdue = count(Timeliness.Verdict.OVERDUE);
            return new TimelinessReport(
                    minutes, onTime + late + running + overdue, onTime, late, running, overdue, newlyLate, listed);
        }

        private int count(Timeliness.Verdict verdict) {
            return verdicts[verdict.ordinal()];
        }
    }
}
