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

    private final String host;
    private volatile String id;

    Identity(WorkerConfig config) {
        this.host = config.host().orElseGet(Identity::localHost);
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

    /** Begins anew under another id, which PostgreSQL knows by now. */
    public void become(String newId) {
        id = newId;
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
