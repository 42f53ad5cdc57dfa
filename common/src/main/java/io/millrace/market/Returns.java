package io.millrace.market;

import java.util.Locale;

/** Whether an index follows prices alone, or also what is paid out. */
public enum Returns {
    /** Prices; dividends are lost to it. */
    PRICE,
    /** Every dividend, before taxes, buys more of the share that has paid it, at the close of its ex-date. */
    TOTAL;

    /** As the wire has it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if it is none */
    public static Returns of(String wireName) {
        return switch (wireName) {
            case "price" -> PRICE;
            case "total" -> TOTAL;
            default -> throw new IllegalArgumentException("no kind of returns: " + wireName);
        };
    }
}
