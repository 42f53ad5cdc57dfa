package io.millrace.api.event;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an event is on Kafka's topic; what a stream calls its {@code id}, so that {@code Last-Event-ID} is a place to go
 * on from.
 *
 * @param index which event of its record, from 0
 */
record EventId(int partition, long offset, int index) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})-(\\d{1,18})-(\\d{1,6})");

    /** Reads what a client sends back. Anything else is no place to go on from, and so is ignored. */
    static Optional<EventId> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(text.strip());
        return parts.matches()
                ? Optional.of(new EventId(
                        Integer.parseInt(parts.group(1)),
                        Long.parseLong(parts.group(2)),
                        Integer.parseInt(parts.group(3))))
                : Optional.empty();
    }

    /** Whether this is the same place as that one or one before it. Places of different partitions have no order. */
    boolean upTo(EventId that) {
        return partition == that.partition && (offset < that.offset || (offset == that.offset && index <= that.index));
    }

    @Override
    public String toString() {
        return partition + "-" + offset + "-" + index;
    }
}
