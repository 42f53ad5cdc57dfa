package io.millrace.pack;

import io.millrace.worker.fleet.Departure;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes that the worker wants to end its process, which is also the tests', and lets it go on. */
@Singleton
class NotedDeparture implements Departure {

    private final List<String> reasons = new CopyOnWriteArrayList<>();

    @Override
    public void begin(String why) {
        reasons.add(why);
    }

    List<String> reasons() {
        return List.copyOf(reasons);
    }
}
