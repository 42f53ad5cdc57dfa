package io.millrace.market;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a refresh of prices has to ask a provider for. */
public final class Refresh {

    private Refresh() {}

    /** How much is asked for. */
    public enum Mode {
        /** What is not there yet. */
        SMART,
        /** All, so that what was corrected at its source is corrected here. */
        FULL
    }

    /** Days of a symbol, both included. */
    public record Range(String symbol, LocalDate from, LocalDate to) {
        public Range {
            if (to.isBefore(from)) {
                throw new IllegalArgumentException("no days from " + from + " to " + to);
            }
        }
    }

    /**
     * Which days of a symbol have been asked for, so that those of them on which there was no trade are not asked for each
     * day anew.
     *
     * @param to the last day of which a price has come; what is behind it may still come
     */
    public record Coverage(LocalDate from, LocalDate to) {}

    /**
     * The days of a symbol that are to be fetched.
     *
     * @param from from when on it is needed
     * @param coverage what was fetched before, null for nothing
     */
    public static List<Range> plan(
            String symbol, Mode mode, LocalDate from, LocalDate today, @Nullable Coverage coverage) {
        var ranges = new ArrayList<Range>(2);
        switch (mode) {
            case FULL -> add(ranges, symbol, from, today);
            case SMART -> {
                if (coverage == null) {
                    add(ranges, symbol, from, today);
                } else {
                    add(ranges, symbol, from, min(coverage.from().minusDays(1), today));
                    add(ranges, symbol, max(coverage.to().plusDays(1), from), today);
                }
            }
        }
        return ranges;
    }

    private static void add(List<Range> ranges, String symbol, LocalDate from, LocalDate to) {
        if (!to.isBefore(from)) {
            ranges.add(new Range(symbol, from, to));
        }
    }

    private static LocalDate min(LocalDate a, LocalDate b) {
        return a.isBefore(b) ? a : b;
    }

    private static LocalDate max(LocalDate a, LocalDate b) {
        return a.isAfter(b) ? a : b;
    }
}
