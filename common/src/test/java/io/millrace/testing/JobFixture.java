package io.millrace.testing;

import io.millrace.job.Claim;
import io.millrace.job.JobIds;
import io.millrace.job.NewJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job as a test says it: {@code aJob().ofTask("demo.echo").withPriority(9).due(later)}. */
public final class JobFixture {

    private static final JobIds IDS = new JobIds();

    private UUID id = IDS.next();
    private String task = "demo.noop";
    private String queue = "default";
    private int priority = 5;
    private @Nullable Instant dueAt;
    private @Nullable Instant expiresAt;
    private @Nullable Double softTimeLimit;
    private @Nullable Double timeLimit;
    private int maxRetries = 3;
    private double retryDelaySeconds = 1;
    private double resultTtlSeconds = 3600;
    private @Nullable String project;
    private String args = "{}";
    private List<String> tags = List.of();
    private @Nullable String rateKey;
    private @Nullable String callbackUrl;
    private int attempt = 1;
    private int failures;
    private int losses;

    private JobFixture() {}

    /** An ordinary job: due at once, priority 5, three retries. */
    public static JobFixture aJob() {
        return new JobFixture();
    }

    public JobFixture withId(UUID value) {
        id = value;
        return this;
    }

    public JobFixture ofTask(String value) {
        task = value;
        return this;
    }

    public JobFixture onQueue(String value) {
        queue = value;
        return this;
    }

    public JobFixture withPriority(int value) {
        priority = value;
        return this;
    }

    public JobFixture due(Instant value) {
        dueAt = value;
        return this;
    }

    public JobFixture expiring(Instant value) {
        expiresAt = value;
        return this;
    }

    /** Time limits in seconds, null for none. */
    public JobFixture limited(@Nullable Double soft, @Nullable Double hard) {
        softTimeLimit = soft;
        timeLimit = hard;
        return this;
    }

    public JobFixture withMaxRetries(int value) {
        maxRetries = value;
        return this;
    }

    public JobFixture withRetryDelay(Duration value) {
        retryDelaySeconds = value.toMillis() / 1000.0;
        return this;
    }

    /** Seconds the result is kept; 0 for not at all. */
    public JobFixture withResultTtl(double seconds) {
        resultTtlSeconds = seconds;
        return this;
    }

    public JobFixture ofProject(String value) {
        project = value;
        return this;
    }

    public JobFixture withArgs(String json) {
        args = json;
        return this;
    }

    public JobFixture tagged(String... values) {
        tags = List.of(values);
        return this;
    }

    public JobFixture withRateKey(String value) {
        rateKey = value;
        return this;
    }

    public JobFixture callingBack(String url) {
        callbackUrl = url;
        return this;
    }

    public JobFixture onAttempt(int value) {
        attempt = value;
        return this;
    }

    public JobFixture havingFailed(int times) {
        failures = times;
        return this;
    }

    public JobFixture havingLost(int workers) {
        losses = workers;
        return this;
    }

    /** As it is submitted. */
    public NewJob submitted() {
        return new NewJob(
                id,
                task,
                queue,
                priority,
                dueAt,
                expiresAt,
                maxRetries,
                retryDelaySeconds,
                softTimeLimit,
                timeLimit,
                resultTtlSeconds,
                args,
                null,
                project,
                tags,
                rateKey,
                callbackUrl);
    }

    /** As a worker holds it. */
    public Claim claimed() {
        return new Claim(
                id,
                attempt,
                task,
                queue,
                priority,
                attempt,
                failures,
                losses,
                maxRetries,
                Duration.ofMillis(Math.round(retryDelaySeconds * 1000)),
                seconds(softTimeLimit),
                seconds(timeLimit),
                args,
                null,
                null,
                null,
                Instant.EPOCH,
                Duration.ZERO,
                true);
    }

    private static @Nullable Duration seconds(@Nullable Double value) {
        return value == null ? null : Duration.ofMillis(Math.round(value * 1000));
    }
}
