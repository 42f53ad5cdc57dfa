package io.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A wish for limits, as it is typed: a limit, {@code none} or {@code default}. */
final class Limits {

    private static final String NONE = "none";
    private static final String CONFIGURED = "default";

    private Limits() {}

    /** @throws picocli.CommandLine.ParameterException if the concurrency is no number */
    static ObjectNode of(Millrace millrace, @Nullable String rate, @Nullable String concurrency) {
        ObjectNode wish = Values.object();
        if (rate != null) {
            wish.put("rate_limit", rate.equals(CONFIGURED) ? null : rate);
        }
        if (concurrency != null) {
            wish.put("max_concurrency", concurrency(millrace, concurrency));
        }
        return wish;
    }

    /** The API has 0 for none, and null for what is configured. */
    private static @Nullable Integer concurrency(Millrace millrace, String text) {
        if (text.equals(CONFIGURED)) {
            return null;
        }
        try {
            return text.equals(NONE) ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw millrace.wrong("--concurrency must be a number, none or default, not " + text + ".");
        }
    }
}
