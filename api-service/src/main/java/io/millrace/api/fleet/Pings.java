package io.millrace.api.fleet;

import io.millrace.store.FleetStore;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks all workers for a sign and waits for it. */
@Singleton
class Pings {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final FleetStore store;

    Pings(FleetStore store) {
        this.store = store;
    }

    /** Waits until all have answered, but no longer than this. */
    PingView ask(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<FleetStore.Pinged> asked = store.ping();
        if (asked.isEmpty()) {
            return new PingView(List.of(), List.of());
        }
        List<String> ids = asked.stream().map(FleetStore.Pinged::id).sorted().toList();
        OffsetDateTime askedAt = asked.getFirst().askedAt();
        while (true) {
            List<FleetStore.Pong> pongs = store.pongs(ids, askedAt);
            if (pongs.size() == ids.size() || System.nanoTime() > deadline || !pause()) {
                return view(ids, pongs);
            }
        }
    }

    private static PingView view(List<String> ids, List<FleetStore.Pong> pongs) {
        var silent = new HashSet<>(ids);
        pongs.forEach(pong -> silent.remove(pong.id()));
        return new PingView(
                pongs.stream()
                        .sorted((a, b) -> a.took().compareTo(b.took()))
                        .map(pong -> new PingView.Answer(pong.id(), pong.took().toMillis()))
                        .toList(),
                silent.stream().sorted().toList());
    }

    private static boolean pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
