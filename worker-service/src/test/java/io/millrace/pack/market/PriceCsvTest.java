package io.millrace.pack.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.market.Price;
import io.millrace.pack.market.PriceCsv.Columns;
import io.millrace.pack.market.PriceCsv.Malformed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceCsvTest {

    private static final LocalDate DAY = LocalDate.of(2026, 1, 5);

    private static List<Price> read(String csv) throws IOException, Malformed {
        var prices = new ArrayList<Price>();
        PriceCsv.read(
                new BufferedReader(new StringReader(csv)),
                new Columns(null, "Date", "close", "splitFactor", "divCash"),
                "A",
                prices::add);
        return prices;
    }

    @Test
    void columnsAreFoundByTheirNamesAmongOthers() throws Exception {
        assertThat(
                        read(
                                "\"date\",open,close,volume,divCash,splitFactor\r\n2026-01-05T00:00:00Z,1,\"2.50\",100,0.1,4\r\n"))
                .containsExactly(
                        new Price("A", DAY, new BigDecimal("2.50"), new BigDecimal("4"), new BigDecimal("0.1")));
    }

    @Test
    void remarksAndDaysWithoutAPriceAreLeftOut() throws Exception {
        assertThat(read("# made up\nclose,date\n,2026-01-04\n\n7,2026-01-05\nnull,2026-01-06\n"))
                .containsExactly(Price.of("A", DAY, new BigDecimal("7")));
        assertThat(read("date,close\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            none | no line of column names
            <html>Sorry</html> | no column Date
            date,open\\n2026-01-05,1 | no column close
            date,close\\n2026-01-05 | line 2 has 1 fields, not 2
            date,close\\n2026-01-05,1\\n2026-01-06,x | line 3: 'x' is no number
            date,close\\n2026-01-05,0 | line 2: no price of A
            date,close\\n2026-01-05,1e99 | line 2: '1e99' has too many digits
            date,close\\n05.01.2026,1 | line 2
            """)
    void whatIsNotAsItShouldBeIsSaidWithItsLine(@Nullable String csv, String says) {
        assertThatThrownBy(() -> read(csv == null ? "" : csv.replace("\\n", "\n")))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining(says);
    }
}
