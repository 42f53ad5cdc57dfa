package io.millrace.market;

import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * What a symbol cost at the end of a day, as it was traded, and what happened to a share of it that morning.
 *
 * @param close not adjusted for anything
 * @param split how many shares one has become at the opening, 2 for two for one; 1 for nothing
 * @param dividend cash for each share, after the split, that goes to whoever held it the evening before; 0 for none
 */
public record Price(String symbol, LocalDate date, BigDecimal close, BigDecimal split, BigDecimal dividend) {
    public Price {
        if (close.signum() <= 0 || split.signum() <= 0 || dividend.signum() < 0) {
            throw new IllegalArgumentException("no price of " + symbol + " on " + date + ": close " + close + ", split "
                    + split + ", dividend " + dividend);
        }
    }

    /** Of a day on which nothing else happened. */
    public static Price of(String symbol, LocalDate date, BigDecimal close) {
        return new Price(symbol, date, close, BigDecimal.ONE, BigDecimal.ZERO);
    }
}
