package io.millrace.market;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an index consists of from a day on: the change is made after the last close before that day.
 *
 * @param weights by symbol; what the numbers are is the {@link Weighting}'s to say
 */
public record Basket(LocalDate from, SortedMap<String, BigDecimal> weights) {
    public Basket {
        if (weights.isEmpty() || weights.values().stream().anyMatch(weight -> weight.signum() <= 0)) {
            throw new IllegalArgumentException("a basket needs weights, each greater than 0, not " + weights);
        }
        weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    }

    /** The same from a map in any order. */
    public static Basket of(LocalDate from, Map<String, BigDecimal> weights) {
        return new Basket(from, new TreeMap<>(weights));
    }
}
