package io.millrace.worker.fleet;

import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.worker.Capacity;
import io.millrace.worker.WorkerConfig;
import io.millrace.worker.lane.Receivers;
import io.millrace.worker.run.RunningJobs;
import jakarta.inject.Singleton;
import java.time.Clock;

/** How many slots this worker has: as many as it was told, or as its work calls for between two bounds. */
@Singleton
class SlotPool {

    private final Receivers receivers;
    private final RunningJobs running;
    private final Memory memory;
    private final WorkerConfig config;
    private final Clock clock;
    private SlotRange range;
    private Autoscale scale;

    SlotPool(
            Capacity capacity,
            Receivers receivers,
            RunningJobs running,
            Memory memory,
            WorkerConfig config,
            Clock clock) {
        this.receivers = receivers;
        this.running = running;
        this.memory = memory;
        this.config = config;
        this.clock = clock;
        this.range = capacity.slots();
        this.scale = new Autoscale(capacity.concurrency(), clock.instant());
    }

    /** Wants another pool: grown at once, shrunk as runs leave their slots. */
    void become(SlotRange wanted) {
        synchronized (this) {
            if (wanted.equals(range)) {
                return;
            }
            range = wanted;
            scaleTo(new Autoscale(wanted.nearest(scale.slots()), clock.instant()));
        }
        // Not within: it may wait for receivers that are just being made, and a heartbeat must not.
        receivers.suit(wanted);
    }

    /** Looks whether the work calls for more slots or for fewer. */
    synchronized void runOnce() {
        if (!range.isFixed()) {
            boolean memoryShort = memory.above(config.autoscaleMemory());
            scaleTo(scale.next(range, receivers.load(), memoryShort, config.autoscaleIdle(), clock.instant()));
        }
    }

    private void scaleTo(Autoscale next) {
        if (next.slots() != scale.slots()) {
            receivers.resize(next.slots());
        }
        scale = next;
    }

    /** How it stands. */
    synchronized Pool now() {
        var load = receivers.load();
        return new Pool(load.inForce(), range, running.count(), load.held(), running.stuck());
    }
}
