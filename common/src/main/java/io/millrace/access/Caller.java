package io.millrace.access;

import org.jspecify.annotations.Nullable;

/**
 * Who a request comes from.
 *
 * @param name as the audit log has it: {@code key:<id>}, {@code oidc:<subject>}, {@code bootstrap} or {@code local}
 * @param project the only one that exists for this caller; null where all do
 */
public record Caller(String name, Role role, @Nullable String project) {

    /** Everybody, where no credentials are needed. */
    public static final Caller LOCAL = new Caller("local", Role.ADMIN, null);

    public Caller {
        // What an admin does is done to the whole cluster.
        if (project != null && role == Role.ADMIN) {
            role = Role.OPERATOR;
        }
    }

    /** Whether only one project exists for this caller. */
    public boolean bound() {
        return project != null;
    }

    /** Whether that project exists for this caller. */
    public boolean sees(@Nullable String other) {
        return project == null || project.equals(other);
    }
}
