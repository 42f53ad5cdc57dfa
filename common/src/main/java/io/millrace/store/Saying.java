package io.millrace.store;

import io.millrace.job.Unique;
import io.millrace.task.Defaults;
import io.millrace.task.UniqueDefault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a task's code says, as JSON: only what it says, durations in seconds. */
final class Saying {

    private Saying() {}

    static String json(Defaults says) {
        var json = new JsonObject();
        put(json, "time_limit", seconds(says.timeLimit()));
        put(json, "soft_time_limit", seconds(says.softTimeLimit()));
        put(json, "max_retries", says.maxRetries());
        put(json, "retry_delay", seconds(says.retryDelay()));
        put(json, "retry_factor", says.retryFactor());
        put(json, "retry_cap", seconds(says.retryCap()));
        put(json, "retry_jitter", says.retryJitter());
        put(json, "result_ttl", seconds(says.resultTtl()));
        put(json, "priority", says.priority());
        put(json, "expires", seconds(says.expires()));
        put(json, "ignore_result", says.ignoreResult());
        put(json, "unique", unique(says.unique()));
        return json.encode();
    }

    static Defaults of(String text) {
        var json = new JsonObject(text);
        return new Defaults(
                duration(json.getDouble("time_limit")),
                duration(json.getDouble("soft_time_limit")),
                json.getInteger("max_retries"),
                duration(json.getDouble("retry_delay")),
                json.getDouble("retry_factor"),
                duration(json.getDouble("retry_cap")),
                json.getBoolean("retry_jitter"),
                duration(json.getDouble("result_ttl")),
                json.getInteger("priority"),
                duration(json.getDouble("expires")),
                json.getBoolean("ignore_result"),
                unique(json.getJsonObject("unique")));
    }

    private static @Nullable JsonObject unique(@Nullable UniqueDefault unique) {
        if (unique == null) {
            return null;
        }
        var json = new JsonObject()
                .put("by", new JsonArray(unique.by()))
                .put("while_unfinished", unique.whileUnfinished())
                .put("on_conflict", unique.onConflict().name());
        put(json, "for", seconds(unique.period()));
        return json;
    }

    private static @Nullable UniqueDefault unique(@Nullable JsonObject json) {
        return json == null
                ? null
                : new UniqueDefault(
                        json.getJsonArray("by").stream().map(String::valueOf).toList(),
                        duration(json.getDouble("for")),
                        json.getBoolean("while_unfinished"),
                        Unique.OnConflict.valueOf(json.getString("on_conflict")));
    }

    private static void put(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis() / 1000.0;
    }

    private static @Nullable Duration duration(@Nullable Double seconds) {
        return seconds == null ? null : Duration.ofMillis(Math.round(seconds * 1000));
    }
}
