package io.millrace.worker.fleet;

import io.millrace.fleet.SlotRange;
import io.millrace.worker.lane.Load;
import java.time.Duration;
import java.time.Instant;

/**
 * How many slots a pool that moves by itself has, and why it may have fewer soon. It grows at once when all its slots are
 * taken and more work waits, by what is known to wait or by half, whichever is more; it shrinks by one slot each time
 * that some slot has been free for a while.
 *
 * @param slots how many there shall be
 * @param freeSince since when some slot has been free, and none was given up
 */
record Autoscale(int slots, Instant freeSince) {

    /** What is true a moment later. */
    Autoscale next(SlotRange range, Load load, boolean memoryShort, Duration idle, Instant now) {
        int allowed = range.nearest(slots);
        if (load.used() < allowed) {
            boolean idled = !freeSince.plus(idle).isAfter(now);
            return idled && allowed > range.min()
                    ? new Autoscale(allowed - 1, now)
                    : new Autoscale(allowed, allowed == slots ? freeSince : now);
        }
        boolean moreWaits = load.held() > 0 || load.lanes() > 0;
        if (moreWaits && !memoryShort) {
            int step = Math.max(Math.max(load.held(), allowed / 2), 1);
            return new Autoscale(range.nearest(allowed + step), now);
        }
        return new Autoscale(allowed, now);
    }
}
