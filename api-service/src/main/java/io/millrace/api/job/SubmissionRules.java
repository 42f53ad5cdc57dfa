package io.millrace.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.args.ArgsSchema;
import io.millrace.api.body.WebAddress;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.NewJob;
import io.millrace.task.JobDefaults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a submission becomes: the defaults of its task and queue, overridden within bounds by what was asked for. A pure
 * function of the two and the time.
 */
final class SubmissionRules {

    private static final int TAGS = 20;
    private static final int TAG_LENGTH = 100;
    private static final int WORD_LENGTH = 200;
    private static final int URL_LENGTH = 2_000;

    private final SubmissionBounds bounds;

    SubmissionRules(SubmissionBounds bounds) {
        this.bounds = bounds;
    }

    /**
     * @param task its task's name
     * @param defaults what a job of this task gets in this queue
     * @param queue where it goes
     * @throws Problem with every field that is wrong
     */
    NewJob resolve(
            Submission asked,
            String task,
            JobDefaults defaults,
            ArgsSchema schema,
            String queue,
            Instant now,
            UUID id) {
        var errors = new ArrayList<FieldError>(0);
        Instant dueAt = dueAt(asked, now, errors);
        Instant expiresAt = expiresAt(asked, defaults, now, dueAt, errors);
        Double hard = limit("time_limit", asked.timeLimit(), secondsOrNull(defaults.timeLimit()), errors);
        Double soft = softLimit(asked, defaults, hard, errors);
        var job = new NewJob(
                id,
                task,
                queue,
                priority(asked, defaults, errors),
                dueAt,
                expiresAt,
                maxRetries(asked, defaults, errors),
                between(
                        "retry_delay",
                        asked.retryDelay(),
                        seconds(defaults.retry().delay()),
                        bounds.maxRetryDelay(),
                        errors),
                soft,
                hard,
                resultTtl(asked, defaults, errors),
                asked.argsText(),
                word("trace_id", asked.traceId(), WORD_LENGTH, errors),
                word("project_id", asked.projectId(), WORD_LENGTH, errors),
                tags(asked.tags(), errors),
                word("rate_key", asked.rateKey(), WORD_LENGTH, errors),
                callbackUrl(asked.callbackUrl(), errors));
        word("idempotency_key", asked.idempotencyKey(), WORD_LENGTH, errors);
        checkUnique(asked, errors);
        boolean argsAlone = errors.isEmpty();
        checkStorable(asked, errors);
        schema.check(asked.args(), errors);
        if (!errors.isEmpty()) {
            throw Problem.of(argsAlone ? ProblemCode.INVALID_ARGS : ProblemCode.INVALID_REQUEST, errors);
        }
        return job;
    }

    private static int priority(Submission asked, JobDefaults defaults, List<FieldError> errors) {
        Integer priority = asked.priority();
        if (priority == null) {
            return defaults.priority();
        }
        if (priority < 0 || priority > 10) {
            errors.add(new FieldError("priority", "must be from 0 (last) to 10 (first)"));
        }
        return priority;
    }

    private @Nullable Instant dueAt(Submission asked, Instant now, List<FieldError> errors) {
        Double countdown = asked.countdown();
        Instant eta = asked.eta();
        if (countdown != null && countdown != 0 && eta != null) {
            errors.add(new FieldError("countdown", "cannot be combined with eta"));
            return null;
        }
        Instant due = eta;
        if (countdown != null && countdown != 0) {
            if (!within(countdown, bounds.maxAhead())) {
                errors.add(new FieldError("countdown", range(bounds.maxAhead())));
                return null;
            }
            due = now.plus(duration(countdown));
        }
        if (due == null || !due.isAfter(now)) {
            return null;
        }
        if (due.isAfter(now.plus(bounds.maxAhead()))) {
            errors.add(new FieldError("eta", "is too far ahead"));
            return null;
        }
        return due;
    }

    private @Nullable Instant expiresAt(
            Submission asked, JobDefaults defaults, Instant now, @Nullable Instant dueAt, List<FieldError> errors) {
        Instant expires = asked.expiresAt();
        Double seconds = asked.expiresIn();
        if (expires == null && seconds == null) {
            return defaults.expires() == null ? null : (dueAt == null ? now : dueAt).plus(defaults.expires());
        }
        if (seconds != null) {
            if (!within(seconds, bounds.maxAhead())) {
                errors.add(new FieldError("expires", range(bounds.maxAhead())));
                return null;
            }
            expires = now.plus(duration(seconds));
        }
        if (expires == null) {
            return null;
        }
        if (!expires.isAfter(dueAt == null ? now : dueAt)) {
            errors.add(new FieldError(
                    "expires", dueAt == null ? "must be in the future" : "must be later than the job becomes due"));
        } else if (expires.isAfter(now.plus(bounds.maxAhead()))) {
            errors.add(new FieldError("expires", "is too far ahead"));
        }
        return expires;
    }

    private int maxRetries(Submission asked, JobDefaults defaults, List<FieldError> errors) {
        Integer maxRetries = asked.maxRetries();
        if (maxRetries == null) {
            return defaults.retry().maxRetries();
        }
        if (maxRetries < 0 || maxRetries > bounds.maxRetries()) {
            errors.add(new FieldError("max_retries", "must be from 0 to " + bounds.maxRetries()));
        }
        return maxRetries;
    }

    private @Nullable Double softLimit(
            Submission asked, JobDefaults defaults, @Nullable Double hard, List<FieldError> errors) {
        Double soft = limit("soft_time_limit", asked.softTimeLimit(), secondsOrNull(defaults.softTimeLimit()), errors);
        if (soft == null || hard == null || soft <= hard) {
            return soft;
        }
        if (asked.softTimeLimit() != null) {
            errors.add(new FieldError("soft_time_limit", "must not be beyond the time limit of " + hard + " seconds"));
        }
        // Only the hard limit was lowered: the default soft one gives way.
        return hard;
    }

    private @Nullable Double limit(
            String field, @Nullable Double asked, @Nullable Double otherwise, List<FieldError> errors) {
        if (asked == null) {
            return otherwise;
        }
        if (!(asked > 0) || !within(asked, bounds.maxTimeLimit())) {
            errors.add(new FieldError(
                    field,
                    "must be greater than 0 and at most "
                            + bounds.maxTimeLimit().toSeconds() + " seconds"));
        }
        return asked;
    }

    private static double between(
            String field, @Nullable Double asked, double otherwise, Duration longest, List<FieldError> errors) {
        if (asked == null) {
            return otherwise;
        }
        if (!within(asked, longest)) {
            errors.add(new FieldError(field, range(longest)));
        }
        return asked;
    }

    /** Zero where the result is not to be kept: it is not even stored then. */
    private double resultTtl(Submission asked, JobDefaults defaults, List<FieldError> errors) {
        Boolean ignore = asked.ignoreResult();
        Double ttl = asked.resultTtl();
        if (Boolean.TRUE.equals(ignore)) {
            if (ttl != null && ttl != 0) {
                errors.add(new FieldError("ignore_result", "cannot be combined with a result_ttl"));
            }
            return 0;
        }
        Duration otherwise = ignore == null ? defaults.resultTtl() : defaults.keptResultTtl();
        return between("result_ttl", ttl, seconds(otherwise), bounds.maxResultTtl(), errors);
    }

    private void checkUnique(Submission asked, List<FieldError> errors) {
        Submission.Uniqueness unique = asked.wantsToBeUnique();
        if (unique == null) {
            return;
        }
        word("unique.key", unique.key(), WORD_LENGTH, errors);
        if (unique.key() != null && !unique.by().isEmpty()) {
            errors.add(new FieldError("unique.by", "cannot be combined with unique.key"));
        }
        if (unique.by().size() > TAGS) {
            errors.add(new FieldError("unique.by", "must be at most " + TAGS + " names of arguments"));
        }
        Double seconds = unique.forSeconds();
        if (seconds != null && (!(seconds > 0) || !within(seconds, bounds.maxAhead()))) {
            errors.add(new FieldError(
                    "unique.for",
                    "must be greater than 0 and at most " + bounds.maxAhead().toSeconds() + " seconds"));
        }
        if (asked.idempotencyKey() != null) {
            errors.add(
                    new FieldError(
                            "unique",
                            "cannot be combined with idempotency_key; where the task says that its jobs are unique, false says that this one is not"));
        }
    }

    private static boolean within(double seconds, Duration longest) {
        return seconds >= 0 && seconds <= longest.toSeconds();
    }

    private static String range(Duration longest) {
        return "must be from 0 to " + longest.toSeconds() + " seconds";
    }

    private static List<String> tags(List<String> tags, List<FieldError> errors) {
        if (tags.size() > TAGS) {
            errors.add(new FieldError("tags", "must be at most " + TAGS));
            return List.of();
        }
        for (int i = 0; i < tags.size(); i++) {
            word("tags[" + i + "]", tags.get(i), TAG_LENGTH, errors);
        }
        return tags;
    }

    static @Nullable String callbackUrl(@Nullable String url, List<FieldError> errors) {
        if (word("callback_url", url, URL_LENGTH, errors) != null && url != null && !WebAddress.isOne(url)) {
            errors.add(new FieldError("callback_url", "must be an http or https address without a user in it"));
        }
        return url;
    }

    static @Nullable String word(String field, @Nullable String word, int longest, List<FieldError> errors) {
        if (word == null) {
            return null;
        }
        if (word.isEmpty() || word.length() > longest) {
            errors.add(new FieldError(field, "must have 1 to " + longest + " characters"));
            return null;
        }
        if (!storable(word)) {
            errors.add(new FieldError(field, UNSTORABLE));
            return null;
        }
        return word;
    }

    private static final String UNSTORABLE = "must not contain the character NUL or half a surrogate pair";

    /** PostgreSQL's jsonb knows neither NUL nor half a surrogate pair, and JSON can only bring them in as escapes. */
    private static void checkStorable(Submission asked, List<FieldError> errors) {
        if (asked.argsText().contains("\\u") && !storable(asked.args())) {
            errors.add(new FieldError("args", UNSTORABLE));
        }
    }

    private static boolean storable(JsonNode node) {
        if (node.isTextual()) {
            return storable(node.textValue());
        }
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (!storable(property.getKey()) || !storable(property.getValue())) {
                return false;
            }
        }
        if (node.isArray()) {
            for (JsonNode element : node) {
                if (!storable(element)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean storable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static @Nullable Double secondsOrNull(@Nullable Duration duration) {
        return duration == null ? null : seconds(duration);
    }
}
