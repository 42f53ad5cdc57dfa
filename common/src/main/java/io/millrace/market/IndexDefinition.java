package io.millrace.market;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an index is.
 *
 * @param title for people, null for none
 * @param projectId whose it is, null for nobody's
 */
public record IndexDefinition(
        String name, @Nullable String title, @Nullable String projectId, Method method) {

    /**
     * All that its levels follow from, beside prices.
     *
     * @param baseDate from when on it is calculated: it begins on the first day from then on on which everything in it has
     *     a price
     * @param baseValue its level on that first day
     * @param maxCarryDays for so many days after it a price stands in for one that is missing
     * @param baskets by their days, the first from the base date on or before
     */
    public record Method(
            LocalDate baseDate,
            BigDecimal baseValue,
            Weighting weighting,
            Returns returns,
            Rebalancing rebalancing,
            int maxCarryDays,
            List<Basket> baskets) {
        public Method {
            if (baseValue.signum() <= 0) {
                throw new IllegalArgumentException("a base value must be greater than 0, not " + baseValue);
            }
            if (maxCarryDays < 0) {
                throw new IllegalArgumentException("prices cannot be carried for " + maxCarryDays + " days");
            }
            if (weighting == Weighting.CAPITALISATION && rebalancing != Rebalancing.NEVER) {
                throw new IllegalArgumentException("capitalisation needs no rebalancing but by new baskets");
            }
            baskets =
                    baskets.stream().sorted(Comparator.comparing(Basket::from)).toList();
            if (baskets.isEmpty() || baskets.getFirst().from().isAfter(baseDate)) {
                throw new IllegalArgumentException("an index needs a basket from its base date on");
            }
            if (baskets.stream().map(Basket::from).distinct().count() < baskets.size()) {
                throw new IllegalArgumentException("two baskets from the same day on");
            }
        }

        /** Everything that is or was in it. */
        public SortedSet<String> symbols() {
            var symbols = new TreeSet<String>();
            baskets.forEach(basket -> symbols.addAll(basket.weights().keySet()));
            return symbols;
        }

        /** From when on prices matter: those before the base date may be carried into it. */
        public LocalDate pricesFrom() {
            return baseDate.minusDays(maxCarryDays);
        }
    }
}
