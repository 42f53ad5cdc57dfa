package io.millrace.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key as it is kept.
 *
 * @param project the only one it is good for; null for all
 * @param previous the secret before the last rotation, good until {@code previousUntil}
 * @param lastUsedAt within half a minute
 */
public record ApiKey(
        String id,
        String name,
        Role role,
        @Nullable String project,
        Secret secret,
        @Nullable Secret previous,
        @Nullable Instant previousUntil,
        String createdBy,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant rotatedAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {

    /** Whether it is neither revoked nor expired. */
    public boolean usable(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** Whether somebody who knows this secret may use it now. */
    public boolean accepts(Secret offered, Instant now) {
        boolean current = secret.matches(offered);
        boolean earlier =
                previous != null && previousUntil != null && previous.matches(offered) && now.isBefore(previousUntil);
        return (current || earlier) && usable(now);
    }

    /** Who uses it. */
    public Caller caller() {
        return new Caller("key:" + id, role, project);
    }
}
