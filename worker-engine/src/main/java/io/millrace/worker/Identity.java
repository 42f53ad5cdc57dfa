package io.millrace.worker;

import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who this worker is. A worker that was declared lost begins anew under another id: what it claimed under the old one
 * is no longer its own.
 */
@Singleton
public class Identity {

    /** So many heartbeats may be missed before nothing is claimed any more; fewer than the scheduler's lease has. */
    private static final int BEATS_CERTAIN = 3;

    private final String host;
    private final long certainNanos;
    private volatile String id;
    private volatile long confirmedAt = System.nanoTime();
    private volatile boolean lost;

    Identity(WorkerConfig config) {
        this.host = config.host().orElseGet(Identity::localHost);
        this.certainNanos = config.heartbeat().multipliedBy(BEATS_CERTAIN).toNanos();
        this.id = newId();
    }

    /** The id that claims are made under. */
    public String id() {
        return id;
    }

    /** The host it runs on, as listings show it. */
    public String host() {
        return host;
    }

    /**
     * Whether this id still counts, as far as can be known: PostgreSQL has confirmed it not long ago. A process that was
     * stopped for a while and goes on claims nothing before it has asked; its id may be that of a lost worker.
     */
    public boolean certain() {
        return !lost && System.nanoTime() - confirmedAt < certainNanos;
    }

    /**
     * PostgreSQL has taken a sign of life under this id.
     *
     * @param sentAt when it was sent, by {@link System#nanoTime}
     */
    public void confirm(long sentAt) {
        confirmedAt = sentAt;
    }

    /** This id is that of a lost worker: nothing may be claimed under it any more. */
    public void lose() {
        lost = true;
    }

    /** Begins anew under another id, which PostgreSQL knows by now. */
    public void become(String newId) {
        id = newId;
        confirmedAt = System.nanoTime();
        lost = false;
    }

    /** An id that nobody has had. */
    public String newId() {
        return host + "-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }

    private static String localHost() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine without a name of its own still works; its workers are told apart by the rest of the id.
            return "worker";
        }
    }
}
