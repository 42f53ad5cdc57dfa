package io.millrace.task;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one place says about jobs that do not say it themselves: the configuration of a task, its code, a queue, or what
 * holds for all. Null where it says nothing. Durations of zero are said, too: a limit or an expiry of zero means none.
 *
 * @param expires how long after it has become due a job is still worth running
 * @param ignoreResult whether results are not kept at all
 * @param unique of what a job is to be the only one; only a task's code says it
 */
public record Defaults(
        @Nullable Duration timeLimit,
        @Nullable Duration softTimeLimit,
        @Nullable Integer maxRetries,
        @Nullable Duration retryDelay,
        @Nullable Double retryFactor,
        @Nullable Duration retryCap,
        @Nullable Boolean retryJitter,
        @Nullable Duration resultTtl,
        @Nullable Integer priority,
        @Nullable Duration expires,
        @Nullable Boolean ignoreResult,
        @Nullable UniqueDefault unique) {

    /** Says nothing. */
    public static final Defaults NONE = new Defaults(null, null, null, null, null, null, null, null, null, null, null);

    /** What says nothing of being the only one. */
    public Defaults(
            @Nullable Duration timeLimit,
            @Nullable Duration softTimeLimit,
            @Nullable Integer maxRetries,
            @Nullable Duration retryDelay,
            @Nullable Double retryFactor,
            @Nullable Duration retryCap,
            @Nullable Boolean retryJitter,
            @Nullable Duration resultTtl,
            @Nullable Integer priority,
            @Nullable Duration expires,
            @Nullable Boolean ignoreResult) {
        this(
                timeLimit,
                softTimeLimit,
                maxRetries,
                retryDelay,
                retryFactor,
                retryCap,
                retryJitter,
                resultTtl,
                priority,
                expires,
                ignoreResult,
                null);
    }

    public Defaults {
        notNegative("time-limit", timeLimit);
        notNegative("soft-time-limit", softTimeLimit);
        notNegative("retry-delay", retryDelay);
        notNegative("retry-cap", retryCap);
        notNegative("result-ttl", resultTtl);
        notNegative("expires", expires);
        if (maxRetries != null && maxRetries < 0) {
            throw new IllegalArgumentException("max-retries must not be negative, but is " + maxRetries);
        }
        if (retryFactor != null && !(retryFactor >= 1)) {
            throw new IllegalArgumentException("retry-factor must be at least 1, but is " + retryFactor);
        }
        if (priority != null && (priority < 0 || priority > 10)) {
            throw new IllegalArgumentException("priority must be from 0 to 10, but is " + priority);
        }
    }

    private static void notNegative(String name, @Nullable Duration duration) {
        if (duration != null && duration.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative, but is " + duration);
        }
    }

    /** The same, saying of what a job is to be the only one. */
    public Defaults withUnique(@Nullable UniqueDefault said) {
        return new Defaults(
                timeLimit,
                softTimeLimit,
                maxRetries,
                retryDelay,
                retryFactor,
                retryCap,
                retryJitter,
                resultTtl,
                priority,
                expires,
                ignoreResult,
                said);
    }

    /** What this place says, and where it says nothing, what the weaker one does. */
    public Defaults orElse(Defaults weaker) {
        return new Defaults(
                either(timeLimit, weaker.timeLimit),
                either(softTimeLimit, weaker.softTimeLimit),
                either(maxRetries, weaker.maxRetries),
                either(retryDelay, weaker.retryDelay),
                either(retryFactor, weaker.retryFactor),
                either(retryCap, weaker.retryCap),
                either(retryJitter, weaker.retryJitter),
                either(resultTtl, weaker.resultTtl),
                either(priority, weaker.priority),
                either(expires, weaker.expires),
                either(ignoreResult, weaker.ignoreResult),
                either(unique, weaker.unique));
    }

    /** The same, saying nothing of priority. */
    public Defaults withoutPriority() {
        return new Defaults(
                timeLimit,
                softTimeLimit,
                maxRetries,
                retryDelay,
                retryFactor,
                retryCap,
                retryJitter,
                resultTtl,
                null,
                expires,
                ignoreResult,
                unique);
    }

    private static <T> @Nullable T either(@Nullable T said, @Nullable T otherwise) {
        return said == null ? otherwise : said;
    }
}
