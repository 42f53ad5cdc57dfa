package io.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A wish for limits, as it is typed: a limit, {@code none} or {@code default}. */
final class Limits {

    private static final String NONE = "none";
    private static final String CONFIGURED = "default";

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description = "Such as 15/s or 15/s,1000/h; none for any; default for what is configured.")
    private @Nullable String rate;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "How many at a time; none for any; default for what is configured.")
    private @Nullable String concurrency;

    /** As the API takes it; empty if nothing was said. */
    ObjectNode wish() {
        ObjectNode wish = Values.object();
        if (rate != null) {
            wish.put("rate_limit", rate.equals(CONFIGURED) ? null : rate);
        }
        if (concurrency != null) {
            wish.put("max_concurrency", number(concurrency));
        }
        return wish;
    }

    /** The API has 0 for none, and null for what is configured. */
    private static @Nullable Integer number(String concurrency) {
        if (concurrency.equals(CONFIGURED)) {
            return null;
        }
        try {
            return concurrency.equals(NONE) ? 0 : Integer.parseInt(concurrency);
        } catch (NumberFormatException e) {
            throw new Misuse("--concurrency is to be a number, none or default, not '" + concurrency + "'.");
        }
    }
}
