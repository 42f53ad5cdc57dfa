package io.millrace.api.event;

import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream, written on its own virtual thread for as long as it lasts: what the client has missed, then what
 * comes, and a comment now and then. Writing waits for the client; that its buffer fills meanwhile is nobody else's
 * concern.
 */
final class EventStream implements StreamingOutput {

    private static final Logger LOG = Logger.getLogger(EventStream.class);
    private static final int AT_ONCE = 512;

    /** How soon a client that has gone, or a service that stops, is noticed on a silent stream. */
    private static final Duration LOOK_UP = Duration.ofSeconds(1);

    /** An id so far beyond the end is of a topic that is no more, or made up. */
    private static final long CREDIBLE = 1_000;

    private final Subscription subscription;
    private final MissedEvents missed;
    private final EventStreamConfig config;
    private final Client client;
    private final @Nullable JobWatch job;
    private @Nullable EventId after;

    /**
     * @param after the last event that the client has seen
     * @param job the job whose end is the stream's end
     */
    EventStream(
            Subscription subscription,
            MissedEvents missed,
            EventStreamConfig config,
            @Nullable EventId after,
            @Nullable JobWatch job,
            Client client) {
        this.subscription = subscription;
        this.missed = missed;
        this.config = config;
        this.after = after;
        this.job = job;
        this.client = client;
    }

    @Override
    public void write(OutputStream to) {
        try (subscription) {
            subscription.taken();
            Map<Integer, Long> begins = subscription.awaitBegin(config.openTimeout());
            comment(to, begins == null ? "open, events come when Kafka does" : "open");
            if (catchUp(to, begins) && standing(to)) {
                follow(to);
            }
        } catch (IOException e) {
            LOG.debugf("a client of events has gone: %s", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what the client has missed. @return false if the job has ended among it */
    private boolean catchUp(OutputStream to, @Nullable Map<Integer, Long> begins) throws IOException {
        EventId seen = after;
        Long begin = seen == null || begins == null ? null : begins.get(seen.partition());
        if (seen == null || begin == null || seen.offset() > begin + CREDIBLE) {
            after = null;
            return true;
        }
        boolean[] goesOn = {true};
        if (seen.offset() < begin) {
            missed.read(seen, begin, events -> {
                goesOn[0] = send(to, events.stream().filter(subscription::wants).toList());
                return goesOn[0] && !gone();
            });
        }
        return goesOn[0];
    }

    /** How the job stands as its stream begins, where it has a job. @return false if it has ended */
    private boolean standing(OutputStream to) throws IOException {
        if (job == null) {
            return true;
        }
        JobWatch.Standing now = job.look().orElse(null);
        if (now == null) {
            return true;
        }
        // Who goes on from an event knows how it stood; but an end is always told.
        if (after == null || now.finished()) {
            now.frame().writeTo(to);
            to.flush();
        }
        return !now.finished();
    }

    private void follow(OutputStream to) throws IOException, InterruptedException {
        long written = System.nanoTime();
        long looked = written;
        var events = new ArrayList<HeardEvent>(AT_ONCE);
        while (!gone()) {
            HeardEvent first = subscription.poll(LOOK_UP);
            if (first != null) {
                events.add(first);
                subscription.drainTo(events, AT_ONCE - 1);
                if (!send(to, events)) {
                    return;
                }
                events.clear();
                written = System.nanoTime();
            } else if (subscription.cutOff()) {
                comment(to, "cut off, too slow; Last-Event-ID goes on from here");
                return;
            }
            long now = System.nanoTime();
            if (now - written >= config.heartbeat().toNanos()) {
                comment(to, "still here");
                written = now;
            }
            if (job != null && now - looked >= config.look().toNanos()) {
                looked = now;
                JobWatch.Standing standing = job.look().orElse(null);
                if (standing != null && standing.finished()) {
                    // Its event may still be on its way; there is time for what is here already, and no longer.
                    finish(to, standing);
                    return;
                }
            }
        }
    }

    private void finish(OutputStream to, JobWatch.Standing standing) throws IOException {
        var last = new ArrayList<HeardEvent>();
        subscription.drainTo(last, AT_ONCE);
        if (send(to, last)) {
            standing.frame().writeTo(to);
            to.flush();
        }
    }

    /** Writes events that the client has not seen. @return false if the job has ended by one of them */
    private boolean send(OutputStream to, List<HeardEvent> events) throws IOException {
        boolean ended = false;
        for (HeardEvent event : events) {
            if (!ended && (after == null || !event.id().upTo(after))) {
                event.frame().writeTo(to);
                ended = job != null && event.ends();
            }
        }
        to.flush();
        return !ended;
    }

    private static void comment(OutputStream to, String text) throws IOException {
        to.write((": " + text + "\n\n").getBytes(StandardCharsets.US_ASCII));
        to.flush();
    }

    private boolean gone() {
        return subscription.ended() || client.gone();
    }
}
