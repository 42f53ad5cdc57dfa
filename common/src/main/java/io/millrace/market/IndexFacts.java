package io.millrace.market;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A stretch of levels in a few numbers.
 *
 * @param change from the first level to the last, 0.05 for five per cent
 * @param volatility the sample's standard deviation of the daily logarithmic changes times √252, the usual number of
 *     trading days in a year; 0 for fewer than three levels
 * @param drawdown the deepest fall below the highest level before it, 0 to 1, and the day of its bottom
 * @param months the change over each month, from the level before it (or the stretch's first) to its last
 */
public record IndexFacts(
        Level first,
        Level last,
        Level highest,
        Level lowest,
        double change,
        double volatility,
        Level drawdown,
        SortedMap<YearMonth, Double> months) {

    private static final double TRADING_DAYS = 252;

    /** A level, or whatever else belongs to a day. */
    public record Level(LocalDate date, BigDecimal value) {}

    /**
     * The facts of some levels.
     *
     * @param levels at least one, by their days
     */
    public static IndexFacts of(List<Level> levels) {
        Level first = levels.getFirst();
        Level last = levels.getLast();
        Level highest = first;
        Level lowest = first;
        for (Level level : levels) {
            highest = level.value().compareTo(highest.value()) > 0 ? level : highest;
            lowest = level.value().compareTo(lowest.value()) < 0 ? level : lowest;
        }
        return new IndexFacts(
                first, last, highest, lowest, change(first, last), volatility(levels), deepest(levels), months(levels));
    }

    /** How far each level is below the highest until then, 0 to 1. */
    public static List<Level> drawdowns(List<Level> levels) {
        var drawdowns = new ArrayList<Level>(levels.size());
        BigDecimal highest = levels.getFirst().value();
        for (Level level : levels) {
            highest = highest.max(level.value());
            BigDecimal below = highest.subtract(level.value()).divide(highest, MathContext.DECIMAL64);
            drawdowns.add(new Level(level.date(), below));
        }
        return drawdowns;
    }

    private static Level deepest(List<Level> levels) {
        Level deepest = new Level(levels.getFirst().date(), BigDecimal.ZERO);
        for (Level drawdown : drawdowns(levels)) {
            deepest = drawdown.value().compareTo(deepest.value()) > 0 ? drawdown : deepest;
        }
        return deepest;
    }

    private static double change(Level from, Level to) {
        return to.value()
                .divide(from.value(), MathContext.DECIMAL64)
                .subtract(BigDecimal.ONE)
                .doubleValue();
    }

    private static double volatility(List<Level> levels) {
        int changes = levels.size() - 1;
        if (changes < 2) {
            return 0;
        }
        double mean = 0;
        double squares = 0;
        for (int i = 1; i <= changes; i++) {
            // Welford's method, as for the z-scores of pipelines.
            double daily = Math.log1p(change(levels.get(i - 1), levels.get(i)));
            double delta = daily - mean;
            mean += delta / i;
            squares += delta * (daily - mean);
        }
        return Math.sqrt(squares / (changes - 1) * TRADING_DAYS);
    }

    private static SortedMap<YearMonth, Double> months(List<Level> levels) {
        var months = new TreeMap<YearMonth, Double>();
        Level before = levels.getFirst();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            YearMonth month = YearMonth.from(level.date());
            boolean lastOfMonth = i + 1 == levels.size()
                    || !YearMonth.from(levels.get(i + 1).date()).equals(month);
            if (lastOfMonth) {
                months.put(month, change(before, level));
                before = level;
            }
        }
        return months;
    }
}
