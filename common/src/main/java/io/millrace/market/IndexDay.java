package io.millrace.market;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index at the end of a day.
 *
 * @param level null where it cannot be said, because prices are {@code missing}
 * @param divisor what the baskets' worth is divided by, null with the level
 * @param carried symbols for which an earlier price stands in, in their order
 * @param missing symbols whose last price is too old to stand in, in their order
 */
public record IndexDay(
        LocalDate date,
        @Nullable BigDecimal level,
        @Nullable BigDecimal divisor,
        List<String> carried,
        List<String> missing) {
    public IndexDay {
        if ((level == null) == missing.isEmpty() || (level == null) != (divisor == null)) {
            throw new IllegalArgumentException("a day has a level and a divisor, or something is missing");
        }
    }
}
