package io.millrace.market;

import java.util.Locale;

/** What the numbers of a {@link Basket} are. */
public enum Weighting {
    /** Parts of the whole, of any sum, which each rebalancing restores. */
    FIXED,
    /** Numbers of shares, already multiplied with their free float, which stay but for splits. */
    CAPITALISATION;

    /** As the wire has it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if it is none */
    public static Weighting of(String wireName) {
        return switch (wireName) {
            case "fixed" -> FIXED;
            case "capitalisation" -> CAPITALISATION;
            default -> throw new IllegalArgumentException("no weighting: " + wireName);
        };
    }
}
