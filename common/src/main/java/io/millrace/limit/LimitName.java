package io.millrace.limit;

import java.util.Locale;

/**
 * What a limit is on.
 *
 * @param name of the task or the queue, or the {@code rate_key} that jobs carry
 */
public record LimitName(Scope scope, String name) implements Comparable<LimitName> {

    /** What kinds of thing have limits. */
    public enum Scope {
        TASK,
        QUEUE,
        /** A {@code rate_key}: a tenant, a host, whatever its submitters agree upon. */
        KEY;

        /** As rows and the wire have it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads what {@link #wireName} wrote. @throws IllegalArgumentException for an unknown name */
        public static Scope ofWireName(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }

    /** As rows have it: {@code task:submit_job}. */
    @Override
    public String toString() {
        return scope.wireName() + ':' + name;
    }

    /** Reads what {@link #toString} wrote. @throws IllegalArgumentException if it is none */
    public static LimitName parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no name of a limit: " + text);
        }
        return new LimitName(Scope.ofWireName(text.substring(0, colon)), text.substring(colon + 1));
    }

    @Override
    public int compareTo(LimitName other) {
        return toString().compareTo(other.toString());
    }
}
