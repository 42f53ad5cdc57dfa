package io.millrace.pack.market;

import io.millrace.market.Price;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prices as CSV: a line of column names, in any order and among others, then a line a price. Lines that begin with # are
 * remarks. What has no price on its day, an empty field or {@code null}, is left out; times after a date are, too.
 */
final class PriceCsv {

    /** It is not what it should be. The message says where and why, and is fit for whoever asked. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * Where things are.
     *
     * @param symbol null if all prices are of one symbol, which is known
     */
    record Columns(@Nullable String symbol, String date, String close, String split, String dividend) {}

    private static final int MOST_DIGITS = 30;
    private static final int MOST_PLACES = 20;
    private static final int DATE_LENGTH = 10;

    private final List<String> header;
    private final Columns columns;
    private final @Nullable String symbol;
    private final int dateAt;
    private final int closeAt;

    private PriceCsv(List<String> header, Columns columns, @Nullable String symbol) throws Malformed {
        this.header = header;
        this.columns = columns;
        this.symbol = symbol;
        this.dateAt = required(columns.date());
        this.closeAt = required(columns.close());
    }

    /**
     * Reads prices one by one.
     *
     * @param symbol whose they are, where no column says it
     */
    static void read(BufferedReader in, Columns columns, @Nullable String symbol, Consumer<Price> to)
            throws IOException, Malformed {
        PriceCsv csv = null;
        int number = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (csv == null) {
                csv = new PriceCsv(fields(line.toLowerCase(Locale.ROOT)), columns, symbol);
            } else {
                csv.price(fields(line), number, to);
            }
        }
        if (csv == null) {
            throw new Malformed("there is no line of column names");
        }
    }

    private int required(String column) throws Malformed {
        int at = header.indexOf(column.toLowerCase(Locale.ROOT));
        if (at < 0) {
            throw new Malformed("there is no column " + column);
        }
        return at;
    }

    private void price(List<String> fields, int line, Consumer<Price> to) throws Malformed {
        if (fields.size() != header.size()) {
            throw new Malformed("line " + line + " has " + fields.size() + " fields, not " + header.size());
        }
        String close = fields.get(closeAt);
        if (close.isEmpty() || close.equalsIgnoreCase("null")) {
            return;
        }
        try {
            to.accept(new Price(
                    symbol == null ? fields.get(required(String.valueOf(columns.symbol()))) : symbol,
                    date(fields.get(dateAt)),
                    number(close),
                    optional(fields, columns.split(), BigDecimal.ONE),
                    optional(fields, columns.dividend(), BigDecimal.ZERO)));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new Malformed("line " + line + ": " + e.getMessage());
        }
    }

    private static LocalDate date(String text) {
        return LocalDate.parse(text.length() <= DATE_LENGTH ? text : text.substring(0, DATE_LENGTH));
    }

    private BigDecimal optional(List<String> fields, String column, BigDecimal without) {
        int at = header.indexOf(column.toLowerCase(Locale.ROOT));
        return at < 0 || fields.get(at).isEmpty() ? without : number(fields.get(at));
    }

    private static BigDecimal number(String text) {
        BigDecimal number;
        try {
            number = new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + shortened(text) + "' is no number", e);
        }
        if (number.precision() > MOST_DIGITS || Math.abs(number.scale()) > MOST_PLACES) {
            throw new IllegalArgumentException("'" + shortened(text) + "' has too many digits");
        }
        return number;
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    /** Quotes are taken off; what is of interest here has no commas in it. */
    private static List<String> fields(String line) {
        var fields = new ArrayList<String>();
        for (String field : line.split(",", -1)) {
            String text = field.strip();
            boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
            fields.add(quoted ? text.substring(1, text.length() - 1).strip() : text);
        }
        return fields;
    }
}
