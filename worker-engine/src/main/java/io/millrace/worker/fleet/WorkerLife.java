package io.millrace.worker.fleet;

import io.millrace.store.StartPatience;
import io.millrace.worker.WorkerConfig;
import io.millrace.worker.lane.Receivers;
import io.millrace.worker.run.JobRunner;
import io.millrace.worker.run.RunningJobs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/** How a worker begins and how it ends: enrol, receive; stop receiving, let runs finish, give back the rest, leave. */
@Singleton
public class WorkerLife {

    /** After the schema, the queues and the tasks. */
    private static final int LAST = 400;

    /** Before anything a run may need is taken away. */
    private static final int FIRST = 1;

    private static final Logger LOG = Logger.getLogger(WorkerLife.class);
    private static final Duration TO_STOP_RECEIVING = Duration.ofSeconds(5);
    private static final Duration TO_RECORD = Duration.ofSeconds(5);

    private final Heart heart;
    private final Control control;
    private final Upkeep upkeep;
    private final Receivers receivers;
    private final RunningJobs running;
    private final JobRunner runner;
    private final WorkerConfig config;

    WorkerLife(
            Heart heart,
            Control control,
            Upkeep upkeep,
            Receivers receivers,
            RunningJobs running,
            JobRunner runner,
            WorkerConfig config) {
        this.heart = heart;
        this.control = control;
        this.upkeep = upkeep;
        this.receivers = receivers;
        this.running = running;
        this.runner = runner;
        this.config = config;
    }

    void begin(@Observes @Priority(LAST) StartupEvent event, StartPatience patience) {
        patience.untilDone(heart::start);
        runner.begin();
        receivers.start();
        control.start();
        upkeep.start();
    }

    void end(@Observes @Priority(FIRST) ShutdownEvent event) throws InterruptedException {
        LOG.infof("draining running=%d", running.count());
        upkeep.stop();
        control.leaving();
        heart.draining();
        receivers.stop(TO_STOP_RECEIVING);
        if (!running.awaitNone(config.drainTimeout())) {
            LOG.infof("giving back what did not finish in time running=%d", running.count());
            runner.releaseAll();
            running.awaitNone(TO_RECORD);
        }
        control.stop();
        heart.stop();
        LOG.info("left");
    }
}
