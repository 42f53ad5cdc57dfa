package io.millrace.store;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What stores put into the columns of a statement, and read from those of a row. */
final class Columns {

    private Columns() {}

    /** A time as a parameter; null stays null. */
    static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    /** A time as the model has it; null stays null. */
    static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    /** The time in a column, which may be null. */
    static @Nullable Instant instant(Row row, String column) {
        return instant(row.getOffsetDateTime(column));
    }

    /** One column of many rows, for {@code unnest}. */
    static <T, C extends @Nullable Object> C[] column(List<T> rows, Function<T, C> read, Function<Integer, C[]> array) {
        C[] column = array.apply(rows.size());
        for (int i = 0; i < column.length; i++) {
            column[i] = read.apply(rows.get(i));
        }
        return column;
    }
}
