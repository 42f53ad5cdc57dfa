package io.millrace.alert;

import java.util.Locale;

/** How bad it is, the least first. */
public enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    /** What an upper- or lower-case name means. @throws IllegalArgumentException if it is none */
    public static Severity ofName(String name) {
        return valueOf(name.strip().toUpperCase(Locale.ROOT));
    }
}
