package io.millrace.schedule;

/** What becomes of ticks that nobody noticed in time: every scheduler was away, or the schedule's task was. */
public enum Misfire {
    /** They are left out; the schedule goes on with its next tick. */
    SKIP,
    /** However many there were, it fires once. */
    ONCE,
    /** It fires for each of them, the newest up to the schedule's limit. */
    ALL
}
