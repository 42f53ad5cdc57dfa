package io.millrace.scheduler;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.millrace.dispatch.KafkaUnavailable;
import io.millrace.dispatch.LaneLag;
import io.millrace.dispatch.Queues;
import io.millrace.store.CountStore;
import io.millrace.store.DueStore;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/** What is true of the whole cluster, as gauges. Every scheduler shows the same; take the largest, not the sum. */
@Singleton
class Gauges implements Duty {

    private static final Logger LOG = Logger.getLogger(Gauges.class);

    private final CountStore counts;
    private final DueStore due;
    private final LaneLag lag;
    private final Queues queues;
    private final Duration interval;
    private final MultiGauge jobs;
    private final MultiGauge lanes;
    private volatile Duration lateness = Duration.ZERO;

    Gauges(CountStore counts, DueStore due, LaneLag lag, Queues queues, SchedulerConfig config, MeterRegistry metrics) {
        this.counts = counts;
        this.due = due;
        this.lag = lag;
        this.queues = queues;
        this.interval = config.gaugeInterval();
        this.jobs = MultiGauge.builder("millrace.jobs")
                .description("Jobs by state, task and queue")
                .register(metrics);
        this.lanes = MultiGauge.builder("millrace.lane.lag")
                .description("Hints that no worker has finished with")
                .baseUnit("hints")
                .register(metrics);
        Gauge.builder("millrace.due.lateness", () -> lateness.toMillis() / 1000.0)
                .description("How late the job is that should have become PENDING first")
                .baseUnit("seconds")
                .register(metrics);
    }

    @Override
    public Done runOnce() {
        var byState = counts.all().stream()
                .map(count -> Row.of(
                        Tags.of("state", count.state(), "task", count.task(), "queue", count.queue()), count.count()))
                .toList();
        jobs.register(byState, true);
        lateness = due.lateness();
        try {
            var byLane = lag.of(queues.names()).stream()
                    .map(each -> Row.of(
                            Tags.of("queue", each.queue(), "lane", each.lane().wireName()), each.hints()))
                    .toList();
            lanes.register(byLane, true);
        } catch (KafkaUnavailable e) {
            LOG.debugf("the lag of lanes is not known: %s", e.getMessage());
        }
        return new Done(0, interval);
    }
}
