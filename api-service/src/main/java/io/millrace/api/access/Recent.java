package io.millrace.api.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What was looked up a moment ago: so many things, the eldest forgotten first. */
final class Recent<K, V> {

    private record Held<V>(V value, long since) {}

    private final long nanos;
    private final Map<K, Held<V>> held;
    private long forgotten;

    Recent(Duration remembered, int most) {
        this.nanos = remembered.toNanos();
        this.held = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Held<V>> eldest) {
                return size() > most;
            }
        };
    }

    /** What is known. Empty if it was never looked up, or too long ago. */
    synchronized Optional<V> get(K key) {
        Held<V> found = held.get(key);
        return found == null || System.nanoTime() - found.since() > nanos
                ? Optional.empty()
                : Optional.of(found.value());
    }

    /** What is known, or is found out now. */
    V get(K key, Supplier<V> look) {
        return get(key).orElseGet(() -> {
            long before = forgotten();
            V value = look.get();
            put(key, value, before);
            return value;
        });
    }

    private synchronized long forgotten() {
        return forgotten;
    }

    /** Something was forgotten while this was looked up: it may be that, and have been found as it was before it changed. */
    private synchronized void put(K key, V value, long before) {
        if (forgotten == before) {
            held.remove(key);
            held.put(key, new Held<>(value, System.nanoTime()));
        }
    }

    /** Has it looked up again, by those as well who are just looking. */
    synchronized void forget(K key) {
        forgotten++;
        held.remove(key);
    }
}
