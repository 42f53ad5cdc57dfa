package io.millrace.market;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Calculates an index day by day, as a chain-linked Laspeyres index with a divisor: level = Σ price × units ÷ divisor. What
 * changes the units for reasons other than the market changes the divisor with them, so that the level goes on as if
 * nothing had happened. S&P Dow Jones Indices, "Index Mathematics Methodology": capitalisation weighted indices (fixed
 * weights are its modified capitalisation weighting, in which additional weight factors are set at each rebalancing),
 * divisor adjustments, corporate actions.
 *
 * <p>Each product and quotient is rounded to 34 digits (IEEE 754 decimal128, half even) and sums are exact, so that nothing
 * depends on the order in which prices come. Levels are rounded to {@link #LEVEL_SCALE} places as they are told; the
 * calculation goes on with what was not rounded. A price that is not told by the end of its day comes too late: then
 * somebody begins anew.
 */
public final class IndexCalculation {

    /** Decimal places of a level. */
    public static final int LEVEL_SCALE = 6;

    private static final int WEIGHT_SCALE = 10;
    private static final MathContext DIGITS = MathContext.DECIMAL128;

    private record Last(BigDecimal close, LocalDate date) {}

    private final IndexDefinition.Method method;
    private final SortedMap<String, Last> last = new TreeMap<>();
    private SortedMap<String, BigDecimal> units = new TreeMap<>();
    private BigDecimal divisor = BigDecimal.ONE;
    private @Nullable Basket basket;
    private @Nullable LocalDate yesterday;
    private boolean rebalancingDue;

    public IndexCalculation(IndexDefinition.Method method) {
        this.method = method;
    }

    /**
     * The next day on which anything in it has a price.
     *
     * @param prices of that day, in any order; of symbols that are not in it as well
     * @return empty for a day before it begins
     * @throws IllegalArgumentException if that day is not after the one before, or a price is of another day
     */
    public Optional<IndexDay> next(LocalDate date, Collection<Price> prices) {
        if (yesterday != null && !date.isAfter(yesterday)) {
            throw new IllegalArgumentException(date + " does not come after " + yesterday);
        }
        if (basket != null) {
            rebalanceBefore(date);
        }
        prices.forEach(price -> apply(price, date));
        yesterday = date;
        if (basket != null) {
            return Optional.of(valued(date));
        }
        return begin(date) ? Optional.of(valued(date)) : Optional.empty();
    }

    /** What it consists of at the end of the last day; empty before it has begun. */
    public List<Holding> holdings() {
        BigDecimal worth = worth(units);
        var holdings = new ArrayList<Holding>(units.size());
        units.forEach((symbol, held) -> {
            BigDecimal close = close(symbol);
            BigDecimal weight =
                    close.multiply(held).divide(worth, DIGITS).setScale(WEIGHT_SCALE, RoundingMode.HALF_EVEN);
            holdings.add(new Holding(symbol, held, close, weight));
        });
        return holdings;
    }

    private void apply(Price price, LocalDate date) {
        if (!price.date().equals(date)) {
            throw new IllegalArgumentException("a price of " + price.date() + " is none of " + date);
        }
        // A split changes how many there are and what each is worth, and so nothing.
        units.computeIfPresent(price.symbol(), (_, held) -> held.multiply(grown(price), DIGITS));
        last.put(price.symbol(), new Last(price.close(), date));
    }

    /** What becomes of one unit at a day's end. */
    private BigDecimal grown(Price price) {
        return switch (method.returns()) {
            case PRICE -> price.split();
            case TOTAL ->
                price.dividend()
                        .divide(price.close(), DIGITS)
                        .add(BigDecimal.ONE, DIGITS)
                        .multiply(price.split(), DIGITS);
        };
    }

    private boolean begin(LocalDate date) {
        Basket first = basketOn(date);
        if (date.isBefore(method.baseDate()) || !unpriced(first, date).isEmpty()) {
            return false;
        }
        basket = first;
        units = unitsOf(first, method.baseValue());
        divisor = worth(units).divide(method.baseValue(), DIGITS);
        return true;
    }

    /** What is due is made at the last closes; while something that is to come in has none, it waits. */
    private void rebalanceBefore(LocalDate date) {
        LocalDate close = yesterday;
        if (close == null) {
            return;
        }
        Basket next = basketOn(date);
        rebalancingDue |= !next.equals(basket) || method.rebalancing().between(close, date);
        if (!rebalancingDue || !unpriced(next, close).isEmpty()) {
            return;
        }
        // What leaves goes at its last price, however old that is.
        BigDecimal before = worth(units);
        units = unitsOf(next, before);
        divisor = divisor.multiply(worth(units), DIGITS).divide(before, DIGITS);
        basket = next;
        rebalancingDue = false;
    }

    /** @param worth how much fixed weights are to share among themselves */
    private SortedMap<String, BigDecimal> unitsOf(Basket basket, BigDecimal worth) {
        var held = new TreeMap<String, BigDecimal>();
        switch (method.weighting()) {
            case CAPITALISATION -> held.putAll(basket.weights());
            case FIXED -> {
                BigDecimal whole = basket.weights().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
                basket.weights()
                        .forEach((symbol, weight) -> held.put(
                                symbol, worth.multiply(weight, DIGITS).divide(whole.multiply(close(symbol)), DIGITS)));
            }
        }
        return held;
    }

    private IndexDay valued(LocalDate date) {
        List<String> missing =
                units.keySet().stream().filter(symbol -> tooOld(symbol, date)).toList();
        List<String> carried = units.keySet().stream()
                .filter(symbol -> !missing.contains(symbol) && !dateOf(symbol).equals(date))
                .toList();
        if (!missing.isEmpty()) {
            return new IndexDay(date, null, null, carried, missing);
        }
        BigDecimal level = worth(units).divide(divisor, DIGITS);
        return new IndexDay(date, level.setScale(LEVEL_SCALE, RoundingMode.HALF_EVEN), divisor, carried, missing);
    }

    private BigDecimal worth(SortedMap<String, BigDecimal> held) {
        BigDecimal sum = BigDecimal.ZERO;
        for (var entry : held.entrySet()) {
            sum = sum.add(close(entry.getKey()).multiply(entry.getValue()));
        }
        return sum;
    }

    private Basket basketOn(LocalDate date) {
        Basket found = method.baskets().getFirst();
        for (Basket later : method.baskets()) {
            if (!later.from().isAfter(date)) {
                found = later;
            }
        }
        return found;
    }

    private List<String> unpriced(Basket basket, LocalDate date) {
        return basket.weights().keySet().stream()
                .filter(symbol -> tooOld(symbol, date))
                .toList();
    }

    private boolean tooOld(String symbol, LocalDate date) {
        Last known = last.get(symbol);
        return known == null || known.date().isBefore(date.minusDays(method.maxCarryDays()));
    }

    private BigDecimal close(String symbol) {
        return known(symbol).close();
    }

    private LocalDate dateOf(String symbol) {
        return known(symbol).date();
    }

    /** Nothing comes into a basket before it has a price. */
    private Last known(String symbol) {
        Last known = last.get(symbol);
        if (known == null) {
            throw new IllegalStateException(symbol + " has no price");
        }
        return known;
    }
}
