package io.millrace.api.event;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One stream's share of the events: a filter and a bounded buffer. To be closed when its client has gone. */
final class Subscription implements AutoCloseable {

    private static final Duration TO_BE_TAKEN = Duration.ofSeconds(30);

    private final EventFilter filter;
    private final BlockingQueue<HeardEvent> buffer;
    private final Client client;
    private final Consumer<Subscription> atEnd;
    private final long since = System.nanoTime();
    private final CompletableFuture<Map<Integer, Long>> begins = new CompletableFuture<>();
    private volatile boolean ended;
    private volatile boolean cutOff;
    private volatile @Nullable Thread writer;

    Subscription(EventFilter filter, Client client, int buffer, Consumer<Subscription> atEnd) {
        this.filter = filter;
        this.client = client;
        this.buffer = new ArrayBlockingQueue<>(buffer);
        this.atEnd = atEnd;
    }

    /** Takes an event if it is wanted. Never blocks. @return false if there was no room, and no later one is taken */
    boolean offer(HeardEvent event) {
        if (cutOff || (filter.matches(event) && !buffer.offer(event))) {
            cutOff = true;
            return false;
        }
        return true;
    }

    /** From here on, by partition, it is given every event. */
    void begins(Map<Integer, Long> offsets) {
        begins.complete(Map.copyOf(offsets));
    }

    /** Where what it is given begins, once Kafka has said where that is. @return null if it has not in time */
    @Nullable
    Map<Integer, Long> awaitBegin(Duration patience) throws InterruptedException {
        try {
            return begins.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("it is never completed so", e);
        }
    }

    /** The next event. @return null if none comes in time */
    @Nullable
    HeardEvent poll(Duration patience) throws InterruptedException {
        return buffer.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** More of them, as far as they are there. */
    void drainTo(Collection<HeardEvent> events, int most) {
        buffer.drainTo(events, most);
    }

    /** Its stream has begun on this thread, and will close it. */
    void taken() {
        writer = Thread.currentThread();
    }

    /** Whether no stream has come for it, as when a client goes in the very moment of being answered. */
    boolean forgotten() {
        return writer == null && System.nanoTime() - since > TO_BE_TAKEN.toNanos();
    }

    /** Ends a stream whose client has not even taken what it was sent before it was cut off. */
    void giveUp() {
        if (!ended) {
            client.disconnect();
            // A thread that waits for room in the connection is not told of its end.
            Thread writing = writer;
            if (writing != null) {
                writing.interrupt();
            }
        }
    }

    /** Whether it wants this event. */
    boolean wants(HeardEvent event) {
        return filter.matches(event);
    }

    /** Its client was too slow: it is given nothing any more, and ends with what it has. */
    boolean cutOff() {
        return cutOff;
    }

    /** The service stops. */
    void end() {
        ended = true;
    }

    /** Whether it is to end at once. */
    boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        ended = true;
        atEnd.accept(this);
    }
}
