package io.millrace.worker.run;

import jakarta.inject.Singleton;
import java.time.Duration;

/** Whether some claim's answer was lost on the way, so that this worker may hold jobs it knows nothing of. */
@Singleton
public class ClaimDoubt {

    /** PostgreSQL may still be at work on a statement that the client has given up; by then it has ended it. */
    private static final long LONGEST_STATEMENT_NANOS = Duration.ofSeconds(15).toNanos();

    private volatile boolean open;
    private volatile long raisedAt;

    /** A claim ended without an answer. */
    public void raise() {
        raisedAt = System.nanoTime();
        open = true;
    }

    /** Whether doubt was raised and not settled since. */
    public boolean isOpen() {
        return open;
    }

    /** Nothing was found held that is not known; that counts once every statement in doubt has ended. */
    public void settle() {
        if (System.nanoTime() - raisedAt > LONGEST_STATEMENT_NANOS) {
            open = false;
        }
    }
}
