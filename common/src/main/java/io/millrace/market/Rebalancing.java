package io.millrace.market;

import java.time.LocalDate;
import java.util.Locale;

/** How often fixed weights are restored, apart from new baskets: after the last close of each such period. */
public enum Rebalancing {
    NEVER,
    MONTHLY,
    QUARTERLY,
    YEARLY;

    /** Whether two days are in two periods. */
    boolean between(LocalDate day, LocalDate next) {
        return period(day) != period(next);
    }

    private int period(LocalDate day) {
        return switch (this) {
            case NEVER -> 0;
            case MONTHLY -> day.getYear() * 12 + day.getMonthValue();
            case QUARTERLY -> day.getYear() * 4 + (day.getMonthValue() - 1) / 3;
            case YEARLY -> day.getYear();
        };
    }

    /** As the wire has it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if it is none */
    public static Rebalancing of(String wireName) {
        return switch (wireName) {
            case "never" -> NEVER;
            case "monthly" -> MONTHLY;
            case "quarterly" -> QUARTERLY;
            case "yearly" -> YEARLY;
            default -> throw new IllegalArgumentException("no rebalancing: " + wireName);
        };
    }
}
