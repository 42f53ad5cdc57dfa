package io.millrace.worker.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** What a child prints, line by line in the log of its worker, with the words that say which job it belongs to. */
final class ChildLog {

    /** How a child's own logging is written, so that its level is known again here. */
    static final String FORMAT = "%p [%c{2.}] %s%e%n";

    private static final Logger LOG = Logger.getLogger("io.millrace.task");
    private static final int LINE_LIMIT = 8_000;

    private final long pid;
    private volatile Map<String, Object> words = Map.of();
    private Logger.Level level = Logger.Level.INFO;

    ChildLog(long pid) {
        this.pid = pid;
    }

    /** From now on, lines belong to what these words describe. The last run keeps what comes after it. */
    void belongsTo(Map<String, Object> description) {
        words = Map.copyOf(description);
    }

    /** Copies until the child has gone. */
    void copy(InputStream printed) {
        try (var lines = new BufferedReader(new InputStreamReader(printed, StandardCharsets.UTF_8))) {
            String line;
            while ((line = boundedLine(lines)) != null) {
                log(line);
            }
        } catch (IOException e) {
            // The pipe of a child that was killed; how it ended is told elsewhere.
            LOG.tracef(e, "the output of child %d ended", pid);
        }
    }

    /** A line beyond the bound is cut into several. */
    private static @Nullable String boundedLine(BufferedReader lines) throws IOException {
        var line = new StringBuilder();
        int next;
        while ((next = lines.read()) >= 0 && next != '\n' && line.length() < LINE_LIMIT) {
            line.append((char) next);
        }
        return next < 0 && line.isEmpty() ? null : line.toString();
    }

    synchronized void log(String line) {
        int space = line.indexOf(' ');
        Logger.Level named = space < 0 ? null : levelOf(line.substring(0, space));
        if (named != null) {
            level = named;
        }
        words.forEach(MDC::put);
        MDC.put("child", pid);
        try {
            // A line that names no level goes on with what the one before has begun, such as a stack trace.
            LOG.log(level, named == null ? line : line.substring(space + 1));
        } finally {
            MDC.clear();
        }
    }

    private static Logger.@Nullable Level levelOf(String word) {
        return switch (word) {
            case "FATAL" -> Logger.Level.FATAL;
            case "ERROR" -> Logger.Level.ERROR;
            case "WARN", "WARNING" -> Logger.Level.WARN;
            case "INFO" -> Logger.Level.INFO;
            case "DEBUG" -> Logger.Level.DEBUG;
            case "TRACE" -> Logger.Level.TRACE;
            default -> null;
        };
    }
}
