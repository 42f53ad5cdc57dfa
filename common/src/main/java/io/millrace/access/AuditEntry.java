package io.millrace.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change, and who made it. What was sent is never part of it: it may hold secrets, and jobs have rows of their own.
 *
 * @param project of the caller, null for one of all projects
 * @param route the template, such as {@code /api/v1/queues/{name}/pause}
 * @param target what the template's places stand for, or what was made; null where there is nothing
 * @param status of the HTTP answer
 * @param address from where
 */
public record AuditEntry(
        Instant at,
        String caller,
        Role role,
        @Nullable String project,
        String method,
        String route,
        @Nullable String target,
        int status,
        @Nullable String address,
        @Nullable String traceId) {

    /** What the places of a template stand for in a path, with commas between; null where it has none. */
    public static @Nullable String target(String template, String path) {
        String[] expected = template.split("/", -1);
        String[] found = path.split("/", -1);
        var target = new StringBuilder();
        for (int i = 0; i < Math.min(expected.length, found.length); i++) {
            if (expected[i].startsWith("{")) {
                target.append(target.isEmpty() ? "" : ",").append(found[i]);
            }
        }
        return target.isEmpty() ? null : target.toString();
    }
}
