package io.millrace.access;

import java.util.Locale;
import java.util.Optional;

/** What somebody may do. Each role may do whatever those before it may. */
public enum Role {
    /** Look. */
    VIEWER,
    /** Submit jobs, and revoke, retry or redeliver what was submitted. */
    SUBMITTER,
    /** Control queues, workers, tasks, limits and schedules; replay and purge. */
    OPERATOR,
    /** Make and revoke keys, read the audit log. */
    ADMIN;

    /** Whether this role may do what needs that one. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** The role as the wire and the configuration have it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of a word; empty if there is none. */
    public static Optional<Role> of(String word) {
        for (Role role : values()) {
            if (role.wireName().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
