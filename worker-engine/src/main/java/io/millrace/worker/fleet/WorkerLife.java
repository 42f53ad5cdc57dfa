package io.millrace.worker.fleet;

import io.millrace.store.StartPatience;
import io.millrace.worker.WorkerConfig;
import io.millrace.worker.lane.Receivers;
import io.millrace.worker.limit.LimitsInForce;
import io.millrace.worker.run.JobRunner;
import io.millrace.worker.run.RunningJobs;
import io.millrace.worker.run.TaskLibrary;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * How a worker begins and how it ends: make its tasks known, learn the limits, enrol, receive; stop receiving, let runs
 * finish, give back the rest, leave.
 */
@Singleton
class WorkerLife {

    private static final Logger LOG = Logger.getLogger(WorkerLife.class);
    private static final Duration TO_STOP_RECEIVING = Duration.ofSeconds(5);
    private static final Duration TO_RECORD = Duration.ofSeconds(5);

    private final StartPatience patience;
    private final TaskLibrary library;
    private final LimitsInForce limits;
    private final Heart heart;
    private final Control control;
    private final Upkeep upkeep;
    private final Receivers receivers;
    private final RunningJobs running;
    private final JobRunner runner;
    private final WorkerConfig config;

    WorkerLife(
            StartPatience patience,
            TaskLibrary library,
            LimitsInForce limits,
            Heart heart,
            Control control,
            Upkeep upkeep,
            Receivers receivers,
            RunningJobs running,
            JobRunner runner,
            WorkerConfig config) {
        this.patience = patience;
        this.library = library;
        this.limits = limits;
        this.heart = heart;
        this.control = control;
        this.upkeep = upkeep;
        this.receivers = receivers;
        this.running = running;
        this.runner = runner;
        this.config = config;
    }

    /** @throws RuntimeException if the worker cannot begin */
    void begin() {
        library.register(patience);
        limits.begin(patience);
        patience.untilDone(heart::start);
        runner.begin();
        receivers.start();
        control.start();
        upkeep.start();
    }

    void end() throws InterruptedException {
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
