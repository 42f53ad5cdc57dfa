package io.millrace.worker.lane;

import io.millrace.queue.Lane;
import io.millrace.store.QueueStore.Received;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far this worker has received each lane: every hint written before the mark has reached some worker. The heartbeat
 * carries the marks to PostgreSQL, where the sweep finds by them the hints that were lost.
 */
@Singleton
public class LaneMarks {

    private record Key(String queue, Lane lane) {}

    private final Map<Key, Instant> advanced = new HashMap<>();

    /** A hint written at this time has been received, and a lane is first in, first out. */
    synchronized void received(String queue, Lane lane, Instant writtenAt) {
        advanced.merge(new Key(queue, lane), writtenAt, (a, b) -> a.isAfter(b) ? a : b);
    }

    /** What has advanced since the last call. */
    public synchronized List<Received> take() {
        var taken = new ArrayList<Received>(advanced.size());
        advanced.forEach((key, at) -> taken.add(new Received(key.queue(), key.lane(), at)));
        advanced.clear();
        return taken;
    }
}
