package io.millrace.api.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.access.Role;
import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A key that somebody asks for. */
record KeyRequest(
        String name,
        Role role,
        @Nullable String project,
        @Nullable Instant expiresAt) {

    private static final int LONGEST = 200;
    private static final long MOST_GRACE = Duration.ofDays(30).toSeconds();
    private static final long LONGEST_LIFE = Duration.ofDays(36_500).toSeconds();

    /** As it is posted; for the documentation only. */
    @Schema(name = "NewApiKey")
    record Posted(
            String name,

            @Schema(description = "viewer, submitter, operator or admin")
            String role,

            @Schema(description = "The only project it is good for; not for an admin") @Nullable
            String project_id,

            @Schema(description = "Seconds from now") @Nullable
            Double expires_in) {}

    /** A rotation as it is posted; for the documentation only. */
    @Schema(name = "ApiKeyRotation")
    record PostedRotation(
            @Schema(description = "For how many seconds the secret before stays good; 0, the default, for not at all")
            @Nullable
            Double grace_seconds) {}

    /** Reads a body. @throws io.millrace.api.problem.Problem with everything that is wrong with it */
    static KeyRequest read(Body body, Instant now) {
        ObjectNode asked = JsonFields.required(body.bytes(), Set.of("name", "role", "project_id", "expires_in"));
        var errors = new ArrayList<FieldError>(0);
        String name = word("name", asked.path("name"), errors);
        if (name == null && errors.isEmpty()) {
            errors.add(new FieldError("name", "is required"));
        }
        String project = word("project_id", asked.path("project_id"), errors);
        Role role = Role.of(asked.path("role").asText()).orElse(Role.VIEWER);
        if (Role.of(asked.path("role").asText()).isEmpty()) {
            errors.add(new FieldError("role", "must be viewer, submitter, operator or admin"));
        }
        if (project != null && role == Role.ADMIN) {
            errors.add(new FieldError("role", "must not be admin for a key of one project"));
        }
        Double seconds = seconds("expires_in", asked.path("expires_in"), LONGEST_LIFE, errors);
        QueryParams.refuse(errors);
        return new KeyRequest(
                name == null ? "" : name,
                role,
                project,
                seconds == null ? null : now.plusMillis(Math.round(seconds * 1000)));
    }

    /** Until when the secret before a rotation stays good; null for not at all. */
    static @Nullable Instant grace(Body body, Instant now) {
        ObjectNode asked = JsonFields.object(body, Set.of("grace_seconds"));
        var errors = new ArrayList<FieldError>(0);
        Double seconds = seconds("grace_seconds", asked.path("grace_seconds"), MOST_GRACE, errors);
        QueryParams.refuse(errors);
        return seconds == null || seconds == 0 ? null : now.plusMillis(Math.round(seconds * 1000));
    }

    private static @Nullable String word(String field, JsonNode value, List<FieldError> errors) {
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        String text = value.asText();
        if (!value.isTextual() || text.isBlank() || text.length() > LONGEST || text.indexOf('\0') >= 0) {
            errors.add(new FieldError(field, "must be text of 1 to " + LONGEST + " characters"));
        }
        return text;
    }

    private static @Nullable Double seconds(String field, JsonNode value, long most, List<FieldError> errors) {
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isNumber() || value.asDouble() < 0 || value.asDouble() > most) {
            errors.add(new FieldError(field, "must be a number of seconds from 0 to " + most));
        }
        return value.asDouble();
    }
}
