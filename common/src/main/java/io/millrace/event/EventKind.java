package io.millrace.event;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What an event tells. The name on the wire is {@code job.} and the word in lower case. */
public enum EventKind {
    /** Accepted, due at once, or once the jobs it depends on have ended. */
    SUBMITTED,
    /** Accepted, due later. */
    SCHEDULED,
    /** A scheduled job or a retry whose time has come. */
    DUE,
    /** A job of a batch whose parents have ended. */
    UNBLOCKED,
    /** Claimed by a worker. */
    STARTED,
    /** A run tells how far it is. */
    PROGRESS,
    /** Ended well. */
    SUCCEEDED,
    /** Failed, will run again at a known time. */
    RETRY,
    /** Ended badly, for good. */
    FAILED,
    /** Asked to be called again later. */
    SNOOZED,
    /** Given back by a worker that leaves. */
    RELEASED,
    /** Taken from a worker that was lost. */
    RESCUED,
    /** Ended on request, with its queue, or because it expired. */
    REVOKED,
    /** A failed or revoked job that somebody lets run again. */
    REPLAYED,
    /** No transition: how a job stands as somebody begins to watch it. Never on Kafka. */
    STATE;

    private final String wireName = "job." + name().toLowerCase(Locale.ROOT);

    /** The event's name in JSON and in settings. */
    public String wireName() {
        return wireName;
    }

    /** The kind of this name. */
    public static Optional<EventKind> of(String wireName) {
        return Stream.of(values())
                .filter(kind -> kind.wireName.equals(wireName))
                .findFirst();
    }
}
