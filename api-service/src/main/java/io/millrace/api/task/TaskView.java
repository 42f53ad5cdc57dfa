package io.millrace.api.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.RetryPolicy;
import io.millrace.limit.Limit;
import io.millrace.task.JobDefaults;
import io.millrace.task.TaskDefinition;
import io.millrace.task.UniqueDefault;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A kind of work as the wire has it. Times are seconds. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Task")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TaskView(
        String name,
        String queue,
        int priority,
        int maxRetries,
        Backoff retryBackoff,
        @Nullable Double softTimeLimit,
        @Nullable Double timeLimit,
        @Nullable String rateLimit,
        @Nullable Integer maxConcurrency,
        double resultTtl,

        @Schema(description = "Seconds after which a job that is due is no longer worth running") @Nullable
        Double expires,

        @Schema(description = "Whether results are not kept at all")
        boolean ignoreResult,

        @Schema(description = "Whether a run that was lost with its worker is followed by another")
        boolean acksLate,

        @Schema(description = "Of what a job is the only one, if its submission does not say it; null for nothing")
        @Nullable
        OnlyOne unique,

        @Schema(description = "thread, or process where each run has one of its own")
        String isolation,

        @Schema(type = SchemaType.OBJECT, description = "JSON Schema 2020-12") @JsonRawValue
        String argsSchema) {

    /** How a task's jobs are the only ones of their kind. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "TaskUnique")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record OnlyOne(
            @Schema(description = "The arguments that make two jobs the same; all of them if empty")
            List<String> by,

            @JsonProperty("for") @Schema(name = "for", description = "Seconds in which there is no other") @Nullable
            Double forSeconds,

            @JsonProperty("while") @Schema(name = "while", description = "unfinished, or null") @Nullable
            String during,

            @Schema(description = "return, reject or replace")
            String onConflict) {

        static @Nullable OnlyOne of(@Nullable UniqueDefault said) {
            return said == null
                    ? null
                    : new OnlyOne(
                            said.by(),
                            secondsOrNull(said.period()),
                            said.whileUnfinished() ? "unfinished" : null,
                            said.onConflict().name().toLowerCase(Locale.ROOT));
        }
    }

    /** How the wait grows from one failure to the next. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "RetryBackoff")
    public record Backoff(double delay, double factor, double cap, boolean jitter) {}

    /**
     * @param defaults what a job of this task gets that says nothing itself
     * @param limit on starts and runs of the task, null for none
     */
    static TaskView of(TaskDefinition task, JobDefaults defaults, @Nullable Limit limit) {
        RetryPolicy retry = defaults.retry();
        return new TaskView(
                task.name(),
                task.queue(),
                defaults.priority(),
                retry.maxRetries(),
                new Backoff(seconds(retry.delay()), retry.factor(), seconds(retry.cap()), retry.jitter()),
                secondsOrNull(defaults.softTimeLimit()),
                secondsOrNull(defaults.timeLimit()),
                limit == null || limit.rate() == null ? null : limit.rate().toString(),
                limit == null ? null : limit.maxConcurrency(),
                seconds(defaults.keptResultTtl()),
                secondsOrNull(defaults.expires()),
                defaults.resultTtl().isZero(),
                retry.afterLoss(),
                OnlyOne.of(task.says().unique()),
                task.isolated() ? "process" : "thread",
                task.argsSchema());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static @Nullable Double secondsOrNull(@Nullable Duration duration) {
        return duration == null ? null : seconds(duration);
    }
}
