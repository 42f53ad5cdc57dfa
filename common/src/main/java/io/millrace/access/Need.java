package io.millrace.access;

import org.jspecify.annotations.Nullable;

/**
 * What a request needs.
 *
 * @param role null where it needs no credential at all
 */
public record Need(@Nullable Role role, Reach reach) {

    /** How far a request reaches, which is what decides whether it is open to a caller of one project. */
    public sealed interface Reach {

        /** Names and counts that are the same for all projects, such as the tasks there are. */
        record Shared() implements Reach {}

        /** The route itself keeps to the caller's project: it submits to it, or lists what is in it. */
        record Within() implements Reach {}

        /** One thing, which must be of the caller's project. */
        record One(Kind kind, String id) implements Reach {}

        /** Everybody's: nothing for a caller of one project. */
        record Cluster() implements Reach {}
    }
}
