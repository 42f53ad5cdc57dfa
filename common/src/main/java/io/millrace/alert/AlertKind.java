package io.millrace.alert;

import java.util.Arrays;
import java.util.Locale;

/** What can be wrong with a queue. Each kind stands for itself: it is raised and cleared whatever the others do. */
public enum AlertKind {
    /** Many jobs are due and wait. */
    BACKLOG,
    /** One has waited for long. */
    OLDEST_AGE,
    /** Many of those that ended have failed. */
    FAILURE_RATIO,
    /** Jobs wait and no worker receives from the queue. */
    NO_WORKER;

    /** As rows and the wire have it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of this name. @throws IllegalArgumentException if there is none */
    public static AlertKind ofWireName(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no alert of kind '" + name + "'"));
    }
}
