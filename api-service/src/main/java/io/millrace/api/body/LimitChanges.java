package io.millrace.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.problem.Problem;
import io.millrace.limit.RateLimit;
import io.millrace.store.LimitStore;
import org.jspecify.annotations.Nullable;

/** Reads {@code rate_limit}, {@code max_concurrency} and {@code priority} of a request that changes them. */
public final class LimitChanges {

    private LimitChanges() {}

    /**
     * What is to be changed: a field that is absent stays, one that is null goes back to what is declared.
     *
     * @throws io.millrace.api.problem.Problem naming the field that cannot be
     */
    public static LimitStore.Change read(ObjectNode asked) {
        return new LimitStore.Change(
                asked.has("rate_limit"), rate(asked.path("rate_limit")),
                asked.has("max_concurrency"), maxConcurrency(asked.path("max_concurrency")));
    }

    private static @Nullable String rate(JsonNode rate) {
        if (rate.isMissingNode() || rate.isNull()) {
            return null;
        }
        if (!rate.isTextual()) {
            throw Problem.invalid("rate_limit", "must be text such as 15/s, or null");
        }
        if (rate.asText().equals(LimitStore.NO_RATE)) {
            return LimitStore.NO_RATE;
        }
        try {
            return RateLimit.parse(rate.asText()).toString();
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("rate_limit", e.getMessage() + "; or none");
        }
    }

    private static @Nullable Integer maxConcurrency(JsonNode most) {
        if (most.isMissingNode() || most.isNull()) {
            return null;
        }
        if (!most.isInt() || most.asInt() < 0) {
            throw Problem.invalid("max_concurrency", "must be a whole number from 0 (no limit), or null");
        }
        return most.asInt();
    }

    /** The priority asked for, null where none is. @throws io.millrace.api.problem.Problem if it is not from 0 to 10 */
    public static @Nullable Integer priority(ObjectNode asked) {
        JsonNode priority = asked.path("priority");
        if (priority.isMissingNode() || priority.isNull()) {
            return null;
        }
        if (!priority.isInt() || priority.asInt() < 0 || priority.asInt() > 10) {
            throw Problem.invalid("priority", "must be a whole number from 0 to 10");
        }
        return priority.asInt();
    }
}
