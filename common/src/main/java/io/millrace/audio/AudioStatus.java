package io.millrace.audio;

import java.util.Locale;

/** How an audio job stands. */
public enum AudioStatus {
    /** It waits for a worker. */
    PENDING,
    /** A worker separates it, or will try again. */
    PROCESSING,
    /** Its stems are there. */
    COMPLETED,
    /** There will be no stems, for a reason that it carries. */
    FAILED;

    /** As the wire and rows have it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status of a name on the wire. @throws IllegalArgumentException if it is none */
    public static AudioStatus of(String wireName) {
        for (AudioStatus status : values()) {
            if (status.wireName().equals(wireName)) {
                return status;
            }
        }
        throw new IllegalArgumentException("there is no status '" + wireName + "'");
    }

    /** Whether nothing more will come of it by itself. */
    public boolean ended() {
        return this == COMPLETED || this == FAILED;
    }
}
