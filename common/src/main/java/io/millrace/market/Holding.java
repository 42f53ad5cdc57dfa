package io.millrace.market;

import java.math.BigDecimal;

/**
 * How much of a symbol is in an index, at the last day that was calculated.
 *
 * @param units shares, in the same measure for all
 * @param close the price they were valued at
 * @param weight their part of the whole, 0 to 1
 */
public record Holding(String symbol, BigDecimal units, BigDecimal close, BigDecimal weight) {}
