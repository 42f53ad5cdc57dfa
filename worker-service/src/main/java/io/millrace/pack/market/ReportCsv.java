package io.millrace.pack.market;

import io.millrace.market.IndexDay;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A report's numbers for another program: a line a day, symbols with spaces between them (RFC 4180, without quotes). */
final class ReportCsv {

    private ReportCsv() {}

    static String of(List<ReportPage.Section> sections) {
        var csv = new StringBuilder("index,date,level,divisor,carried,missing\r\n");
        for (var section : sections) {
            for (IndexDay day : section.days()) {
                csv.append(section.definition().name())
                        .append(',')
                        .append(day.date())
                        .append(',')
                        .append(plain(day.level()))
                        .append(',')
                        .append(plain(day.divisor()))
                        .append(',')
                        .append(String.join(" ", day.carried()))
                        .append(',')
                        .append(String.join(" ", day.missing()))
                        .append("\r\n");
            }
        }
        return csv.toString();
    }

    private static String plain(@Nullable BigDecimal number) {
        return number == null ? "" : number.toPlainString();
    }
}
