package io.millrace.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Levels worked out by hand, and what must hold whatever the prices. */
class IndexCalculationTest {

    private static final LocalDate DAY = LocalDate.of(2026, 1, 28);

    private static LocalDate day(int number) {
        return DAY.plusDays(number);
    }

    private static BigDecimal decimal(String number) {
        return new BigDecimal(number);
    }

    private static Map<String, BigDecimal> weights(String... symbolsAndNumbers) {
        var weights = new TreeMap<String, BigDecimal>();
        for (int i = 0; i < symbolsAndNumbers.length; i += 2) {
            weights.put(symbolsAndNumbers[i], decimal(symbolsAndNumbers[i + 1]));
        }
        return weights;
    }

    private static IndexDefinition.Method method(
            Weighting weighting, Returns returns, Rebalancing rebalancing, Basket... baskets) {
        return new IndexDefinition.Method(DAY, decimal("1000"), weighting, returns, rebalancing, 2, List.of(baskets));
    }

    private static Price price(String symbol, int day, String close) {
        return Price.of(symbol, day(day), decimal(close));
    }

    private static Price price(String symbol, int day, String close, String split, String dividend) {
        return new Price(symbol, day(day), decimal(close), decimal(split), decimal(dividend));
    }

    private static List<IndexDay> calculate(IndexDefinition.Method method, Price... prices) {
        return calculate(method, List.of(prices));
    }

    private static List<IndexDay> calculate(IndexDefinition.Method method, List<Price> prices) {
        var byDay = new TreeMap<LocalDate, List<Price>>();
        prices.forEach(price ->
                byDay.computeIfAbsent(price.date(), _ -> new ArrayList<>()).add(price));
        var calculation = new IndexCalculation(method);
        return byDay.entrySet().stream()
                .flatMap(day -> calculation.next(day.getKey(), day.getValue()).stream())
                .toList();
    }

    private static List<@Nullable String> levels(List<IndexDay> days) {
        var levels = new ArrayList<@Nullable String>();
        for (IndexDay day : days) {
            levels.add(day.level() == null ? null : day.level().toPlainString());
        }
        return levels;
    }

    private static IndexDefinition.Method capitalisation(Basket... baskets) {
        return method(Weighting.CAPITALISATION, Returns.PRICE, Rebalancing.NEVER, baskets);
    }

    private static IndexDefinition.Method fixed(Rebalancing rebalancing) {
        return method(Weighting.FIXED, Returns.PRICE, rebalancing, Basket.of(DAY, weights("A", "60", "B", "40")));
    }

    @Test
    void aLevelIsTheWorthOfAllSharesOverTheDivisor() {
        // 100 × 10 + 50 × 20 = 2000, divisor 2; then 100 × 11 + 50 × 18 = 2000; then 100 × 12 + 50 × 22 = 2300.
        List<IndexDay> days = calculate(
                capitalisation(Basket.of(DAY, weights("A", "100", "B", "50"))),
                price("A", 0, "10"),
                price("B", 0, "20"),
                price("A", 1, "11"),
                price("B", 1, "18"),
                price("A", 2, "12"),
                price("B", 2, "22"));

        assertThat(levels(days)).containsExactly("1000.000000", "1000.000000", "1150.000000");
        assertThat(days.getFirst().divisor()).isEqualByComparingTo("2");
    }

    @Test
    void aNewBasketChangesTheDivisorAndNotTheLevel() {
        // At the close before it comes: 100 × 11 + 50 × 18 = 2000 becomes 100 × 11 + 200 × 5 = 2100, divisor 2.1.
        // Then 100 × 12 + 200 × 5.5 = 2300, over 2.1.
        List<IndexDay> days = calculate(
                capitalisation(
                        Basket.of(DAY, weights("A", "100", "B", "50")),
                        Basket.of(day(2), weights("A", "100", "C", "200"))),
                price("A", 0, "10"),
                price("B", 0, "20"),
                price("A", 1, "11"),
                price("B", 1, "18"),
                price("C", 1, "5"),
                price("A", 2, "12"),
                price("B", 2, "1"),
                price("C", 2, "5.5"));

        assertThat(levels(days)).containsExactly("1000.000000", "1000.000000", "1095.238095");
        assertThat(days.getLast().divisor()).isEqualByComparingTo("2.1");
    }

    @Test
    void fixedWeightsDriftUntilTheyAreRestoredAfterTheLastCloseOfAMonth() {
        // 60 of A and 20 of B. On the 31st 660 + 360 = 1020, which is shared 612 to 408 again; then B gains a tenth.
        Price[] prices = {
            price("A", 0, "10"),
            price("B", 0, "20"),
            price("A", 3, "11"),
            price("B", 3, "18"),
            price("A", 4, "11"),
            price("B", 4, "19.8")
        };

        assertThat(levels(calculate(fixed(Rebalancing.MONTHLY), prices)))
                .containsExactly("1000.000000", "1020.000000", "1060.800000");
        assertThat(levels(calculate(fixed(Rebalancing.NEVER), prices)))
                .containsExactly("1000.000000", "1020.000000", "1056.000000");
        assertThat(levels(calculate(fixed(Rebalancing.QUARTERLY), prices)))
                .last()
                .isEqualTo("1056.000000");
    }

    @Test
    void aDividendIsLostToPricesAndKeptInTotalReturns() {
        Price[] prices = {price("A", 0, "10"), price("A", 1, "9", "1", "1"), price("A", 2, "9.9")};
        var one = Basket.of(DAY, weights("A", "1"));

        assertThat(levels(calculate(method(Weighting.FIXED, Returns.PRICE, Rebalancing.NEVER, one), prices)))
                .containsExactly("1000.000000", "900.000000", "990.000000");
        assertThat(levels(calculate(method(Weighting.FIXED, Returns.TOTAL, Rebalancing.NEVER, one), prices)))
                .containsExactly("1000.000000", "1000.000000", "1100.000000");
    }

    @Test
    void anEarlierPriceStandsInForSoManyDaysAndThenThereIsNoLevel() {
        List<IndexDay> days = calculate(
                fixed(Rebalancing.NEVER),
                price("A", 0, "10"),
                price("B", 0, "20"),
                price("A", 1, "11"),
                price("A", 2, "12"),
                price("A", 3, "13"),
                price("A", 4, "14"),
                price("B", 4, "20"));

        assertThat(levels(days)).containsExactly("1000.000000", "1060.000000", "1120.000000", null, "1240.000000");
        assertThat(days)
                .extracting(IndexDay::carried)
                .containsExactly(List.of(), List.of("B"), List.of("B"), List.of(), List.of());
        assertThat(days)
                .extracting(IndexDay::missing)
                .containsExactly(List.of(), List.of(), List.of(), List.of("B"), List.of());
    }

    @Test
    void itBeginsWhenEverythingInItHasAPrice() {
        List<IndexDay> days = calculate(
                fixed(Rebalancing.NEVER),
                price("A", -5, "1"),
                price("B", -5, "1"),
                price("A", -1, "9"),
                price("A", 0, "10"),
                price("A", 1, "10"),
                price("B", 2, "20"),
                price("A", 3, "11"));

        assertThat(days).extracting(IndexDay::date).containsExactly(day(2), day(3));
        assertThat(levels(days)).containsExactly("1000.000000", "1060.000000");
        assertThat(days.getFirst().carried()).containsExactly("A");
    }

    @Test
    void whatComesInWaitsForItsPriceAndWhatHasGoneLeavesAtItsLast() {
        var method = capitalisation(
                Basket.of(DAY, weights("A", "100", "B", "50")), Basket.of(day(2), weights("A", "100", "C", "50")));
        List<IndexDay> days = calculate(
                method,
                price("A", 0, "10"),
                price("B", 0, "20"),
                price("A", 2, "10"),
                price("A", 3, "10"),
                price("C", 3, "30"),
                price("A", 4, "10"),
                price("C", 4, "33"));

        // B is too old on the third day. C is there then, so B goes at its last price; worth 2500 over 1.25 × 2.
        assertThat(levels(days)).containsExactly("1000.000000", "1000.000000", null, "1060.000000");
    }

    private static final List<String> SYMBOLS = List.of("A", "B", "C", "D");

    private static List<Price> randomPrices(long seed) {
        var random = new Random(seed);
        var prices = new ArrayList<Price>();
        for (int day = 0; day < 120; day++) {
            for (String symbol : SYMBOLS) {
                if (day == 0 || random.nextInt(12) > 0) {
                    prices.add(price(
                            symbol,
                            day,
                            BigDecimal.valueOf(100 + random.nextInt(90_000), 2).toString()));
                }
            }
        }
        return prices;
    }

    private static IndexDefinition.Method busy(Weighting weighting) {
        return method(
                weighting,
                Returns.TOTAL,
                weighting == Weighting.FIXED ? Rebalancing.MONTHLY : Rebalancing.NEVER,
                Basket.of(DAY, weights("A", "3", "B", "7", "C", "11")),
                Basket.of(day(50), weights("A", "1", "C", "1", "D", "13")));
    }

    private static List<Price> each(List<Price> prices, UnaryOperator<Price> change) {
        return prices.stream().map(change).toList();
    }

    @Test
    void theOrderOfPricesChangesNoDigit() {
        for (long seed = 0; seed < 20; seed++) {
            List<Price> prices = randomPrices(seed);
            var shuffled = new ArrayList<>(prices);
            Collections.shuffle(shuffled, new Random(seed));

            assertThat(calculate(busy(Weighting.FIXED), shuffled)).isEqualTo(calculate(busy(Weighting.FIXED), prices));
        }
    }

    @Test
    void anotherCurrencyChangesNoLevel() {
        for (Weighting weighting : Weighting.values()) {
            List<Price> prices = randomPrices(7);
            List<Price> dearer = each(
                    prices,
                    price ->
                            Price.of(price.symbol(), price.date(), price.close().multiply(decimal("7.3"))));

            assertThat(levels(calculate(busy(weighting), dearer)))
                    .isEqualTo(levels(calculate(busy(weighting), prices)));
        }
    }

    @Test
    void aSplitChangesNoLevel() {
        for (long seed = 0; seed < 20; seed++) {
            for (Returns returns : Returns.values()) {
                var method = method(
                        Weighting.FIXED,
                        returns,
                        Rebalancing.MONTHLY,
                        Basket.of(DAY, weights("A", "3", "B", "7", "C", "11")));
                List<Price> prices = randomPrices(seed);
                // Four for one on its fortieth day: everything from then on costs a quarter.
                LocalDate exDate = prices.stream()
                        .filter(price -> price.symbol().equals("B"))
                        .skip(40)
                        .findFirst()
                        .orElseThrow()
                        .date();
                List<Price> split = each(
                        prices,
                        price -> price.symbol().equals("B") && !price.date().isBefore(exDate)
                                ? new Price(
                                        "B",
                                        price.date(),
                                        price.close().divide(decimal("4")),
                                        price.date().equals(exDate) ? decimal("4") : BigDecimal.ONE,
                                        BigDecimal.ZERO)
                                : price);

                assertThat(levels(calculate(method, split))).isEqualTo(levels(calculate(method, prices)));
            }
        }
    }

    @Test
    void rebalancingKeepsTheLevel() {
        for (Weighting weighting : Weighting.values()) {
            // Two days with the same prices, and a new basket between them.
            List<IndexDay> days = calculate(
                    method(
                            weighting,
                            Returns.PRICE,
                            Rebalancing.NEVER,
                            Basket.of(DAY, weights("A", "3", "B", "7")),
                            Basket.of(day(2), weights("A", "5", "B", "1", "C", "2"))),
                    Stream.of(0, 1, 2)
                            .flatMap(day -> Stream.of(
                                    price("A", day, day == 0 ? "3.33" : "4.71"),
                                    price("B", day, day == 0 ? "7.77" : "6.19"),
                                    price("C", day, "1.13")))
                            .toList());

            assertThat(days.get(1).level())
                    .isNotEqualByComparingTo("1000")
                    .isEqualByComparingTo(days.get(2).level());
        }
    }

    @Test
    void whatItConsistsOfIsToldInWeights() {
        var calculation = new IndexCalculation(fixed(Rebalancing.NEVER));
        assertThat(calculation.holdings()).isEmpty();
        calculation.next(day(0), List.of(price("A", 0, "10"), price("B", 0, "20")));
        calculation.next(day(1), List.of(price("A", 1, "20")));

        assertThat(calculation.holdings())
                .containsExactly(
                        new Holding("A", decimal("60"), decimal("20"), decimal("0.7500000000")),
                        new Holding("B", decimal("20"), decimal("20"), decimal("0.2500000000")));
    }

    @Test
    void daysComeInTheirOrder() {
        var calculation = new IndexCalculation(fixed(Rebalancing.NEVER));
        calculation.next(day(1), List.of());

        assertThatThrownBy(() -> calculation.next(day(1), List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> calculation.next(day(2), List.of(price("A", 3, "1"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMethodThatMakesNoSenseIsRefused() {
        var basket = Basket.of(day(1), weights("A", "1"));

        assertThatThrownBy(() -> capitalisation(basket)).hasMessageContaining("base date");
        assertThatThrownBy(() -> method(
                        Weighting.CAPITALISATION,
                        Returns.PRICE,
                        Rebalancing.MONTHLY,
                        Basket.of(DAY, weights("A", "1"))))
                .hasMessageContaining("rebalancing");
        assertThatThrownBy(() -> Basket.of(DAY, weights("A", "0"))).hasMessageContaining("greater than 0");
    }
}
