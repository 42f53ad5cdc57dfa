package io.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A process of this machine, beyond doubt: its pid and when it began. The pid alone may have gone to another process since
 * it was written down, and that one must never be killed.
 */
record ProcessId(long pid, Instant startedAt) {

    // Systems count from their boot, whose time of day moves a little when the clock is corrected.
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    static ProcessId of(ProcessHandle process) {
        return new ProcessId(process.pid(), process.info().startInstant().orElseGet(Instant::now));
    }

    boolean alive() {
        return alive(TOLERANCE);
    }

    /** Whether it runs; {@code tolerance} is how far its beginning may be from what was written down. */
    boolean alive(Duration tolerance) {
        return handle(tolerance).isPresent();
    }

    /** A handle that may be used to end it, while it runs. */
    Optional<ProcessHandle> handle() {
        return handle(TOLERANCE);
    }

    private Optional<ProcessHandle> handle(Duration tolerance) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> Duration.between(start, startedAt).abs().compareTo(tolerance) < 0)
                        .orElse(false))
                .filter(process -> !ended());
    }

    /** In a container without an init process the ended children of an ended parent stay listed for ever. */
    private boolean ended() {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            String line = Files.exists(stat) ? Files.readString(stat) : "";
            return line.startsWith(") Z", Math.max(0, line.lastIndexOf(')')));
        } catch (IOException e) {
            // It went while we looked.
            return true;
        }
    }
}
