package io.millrace.worker.fleet;

import io.millrace.fleet.Heartbeat;
import io.millrace.fleet.WorkerState;
import io.millrace.worker.lane.Receivers;
import io.millrace.worker.run.RunMetrics;
import io.millrace.worker.run.RunningJobs;
import jakarta.inject.Singleton;
import java.util.List;

/** What this worker has to say of itself. */
@Singleton
class Condition {

    private static final int ACTIVE_SHOWN = 100;

    private final Receivers receivers;
    private final SlotPool pool;
    private final RunningJobs running;
    private final RunMetrics metrics;
    private final Memory memory;

    Condition(Receivers receivers, SlotPool pool, RunningJobs running, RunMetrics metrics, Memory memory) {
        this.receivers = receivers;
        this.pool = pool;
        this.running = running;
        this.metrics = metrics;
        this.memory = memory;
    }

    /** How it stands now, under this id. */
    Heartbeat now(String worker, WorkerState state) {
        return new Heartbeat(
                worker,
                state,
                List.copyOf(receivers.queues()),
                pool.now(),
                running.describe(ACTIVE_SHOWN),
                metrics.processed(),
                metrics.failed(),
                metrics.retried(),
                memory.used());
    }
}
