package io.millrace.task;

import io.millrace.job.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a job gets of which its submission says nothing: every default resolved.
 *
 * @param softTimeLimit null for none, never beyond the time limit
 * @param timeLimit null for none
 * @param resultTtl how long the result is kept; zero where it is not kept at all
 * @param keptResultTtl the same for a submission that wants its result kept although it would not be
 * @param expires how long after it has become due it is still worth running, null for ever
 */
public record JobDefaults(
        int priority,
        RetryPolicy retry,
        @Nullable Duration softTimeLimit,
        @Nullable Duration timeLimit,
        Duration resultTtl,
        Duration keptResultTtl,
        @Nullable Duration expires) {

    private static final int PRIORITY = 5;
    private static final Duration RESULT_TTL = Duration.ofHours(24);

    /** What Millrace itself says. */
    static final Defaults BUILT_IN = new Defaults(
            null,
            null,
            RetryPolicy.DEFAULT.maxRetries(),
            RetryPolicy.DEFAULT.delay(),
            RetryPolicy.DEFAULT.factor(),
            RetryPolicy.DEFAULT.cap(),
            RetryPolicy.DEFAULT.jitter(),
            RESULT_TTL,
            PRIORITY,
            null,
            null);

    /** What was said, and where nothing was, what Millrace itself says. */
    static JobDefaults of(Defaults said, boolean rerunAfterLoss) {
        Duration hard = orNone(said.timeLimit());
        Duration soft = orNone(said.softTimeLimit());
        Duration ttl = said.resultTtl() == null ? RESULT_TTL : said.resultTtl();
        var builtIn = RetryPolicy.DEFAULT;
        return new JobDefaults(
                said.priority() == null ? PRIORITY : said.priority(),
                new RetryPolicy(
                        said.maxRetries() == null ? builtIn.maxRetries() : said.maxRetries(),
                        said.retryDelay() == null ? builtIn.delay() : said.retryDelay(),
                        said.retryFactor() == null ? builtIn.factor() : said.retryFactor(),
                        said.retryCap() == null ? builtIn.cap() : said.retryCap(),
                        said.retryJitter() == null ? builtIn.jitter() : said.retryJitter(),
                        rerunAfterLoss),
                // One place may have lowered the hard limit alone: the soft one of a weaker place gives way.
                soft != null && hard != null && soft.compareTo(hard) > 0 ? hard : soft,
                hard,
                Boolean.TRUE.equals(said.ignoreResult()) ? Duration.ZERO : ttl,
                ttl,
                orNone(said.expires()));
    }

    private static @Nullable Duration orNone(@Nullable Duration limit) {
        return limit == null || limit.isZero() ? null : limit;
    }
}
