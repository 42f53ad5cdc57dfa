package io.millrace.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import io.millrace.store.ResultConfig;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.task.FailureCode;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Executes a claim to an outcome. Nothing a task does gets out of here but as an {@link Outcome}. */
@Singleton
class Execution {

    /** How long a job rests that came to a worker which does not know its task; another one may. */
    private static final Duration UNKNOWN_TASK_REST = Duration.ofSeconds(5);

    /** How long a job rests whose parents' results could not be read. */
    private static final Duration NO_RESULTS_REST = Duration.ofSeconds(2);

    private final TaskLibrary library;
    private final TaskJson json;
    private final PassedResults passed;
    private final Validator validator;
    private final Clock clock;
    private final long maxResultBytes;

    @Inject
    Execution(
            TaskLibrary library,
            TaskJson json,
            PassedResults passed,
            Validator validator,
            ResultConfig results,
            Clock clock) {
        this(library, json, passed, validator, results.maxSize().asLongValue(), clock);
    }

    Execution(
            TaskLibrary library,
            TaskJson json,
            PassedResults passed,
            Validator validator,
            long maxResultBytes,
            Clock clock) {
        this.library = library;
        this.json = json;
        this.passed = passed;
        this.validator = validator;
        this.maxResultBytes = maxResultBytes;
        this.clock = clock;
    }

    Outcome execute(RunningJob job, TaskContext context) {
        RunnableTask task = library.find(job.claim().task()).orElse(null);
        if (task == null) {
            context.log().warn("this worker does not know the task; put back for another");
            return new Outcome.Snoozed(clock.instant().plus(UNKNOWN_TASK_REST));
        }
        Object args;
        try {
            args = arguments(task, passed.into(job.claim()));
        } catch (StoreUnavailable e) {
            context.log().warnf("the results of its parents cannot be read; put back: %s", e.getMessage());
            return new Outcome.Snoozed(clock.instant().plus(NO_RESULTS_REST));
        } catch (Throwable thrown) {
            // Whatever goes wrong here, a constraint that cannot be checked included, another attempt would see it
            // again.
            return new Outcome.Failed(JobError.of("invalid_args", "InvalidArgs", thrown), false);
        }
        try {
            Object returned = task.method().call(args, context);
            return new Outcome.Succeeded(job.claim().keepsResult() ? json.write(returned, maxResultBytes) : null);
        } catch (ResultTooLarge e) {
            return new Outcome.Failed(JobError.of("result_too_large", "ResultTooLarge", e), false);
        } catch (JsonProcessingException e) {
            return new Outcome.Failed(
                    JobError.of("result_not_json", e.getClass().getSimpleName(), e), false);
        } catch (Throwable thrown) {
            // Throwable, because a task's StackOverflowError or missing class must end its job and not its worker.
            return outcomeOf(thrown, job.stopped(), task);
        }
    }

    private static final class InvalidArguments extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidArguments(String message) {
            super(message);
        }
    }

    private @Nullable Object arguments(RunnableTask task, String text)
            throws JsonProcessingException, InvalidArguments {
        Class<?> type = task.method().argsType();
        if (type == null) {
            return null;
        }
        Object args = json.read(text, type);
        if (!task.constrained()) {
            return args;
        }
        var violations = validator.validate(args);
        if (!violations.isEmpty()) {
            throw new InvalidArguments(violations.stream()
                    .map(violation -> violation.getPropertyPath() + " " + violation.getMessage())
                    .sorted()
                    .collect(Collectors.joining("; ")));
        }
        return args;
    }

    private Outcome outcomeOf(Throwable thrown, RunningJob.@Nullable Stop stopped, RunnableTask task) {
        if (stopped != null && stopped != RunningJob.Stop.SOFT_LIMIT) {
            return new Outcome.Released(stopped.name());
        }
        String type = thrown instanceof TaskFailure named
                ? named.type()
                : thrown.getClass().getSimpleName();
        String code = thrown instanceof FailureCode told ? told.errorCode() : "task_failed";
        return switch (thrown) {
            case Snooze snooze -> new Outcome.Snoozed(clock.instant().plus(snooze.delay()));
            case PermanentFailure failure -> new Outcome.Failed(JobError.of(code, type, failure), false);
            case RetryAfter retry ->
                new Outcome.Failed(
                        JobError.of(code, type, retry), true, clock.instant().plus(retry.delay()));
            case Throwable late
            when stopped == RunningJob.Stop.SOFT_LIMIT ->
                new Outcome.Failed(JobError.of("soft_time_limit_exceeded", "SoftTimeLimitExceeded", late), true);
            case Throwable other -> new Outcome.Failed(JobError.of(code, type, other), task.retries(other));
        };
    }
}
