package io.millrace.worker.run;

import io.millrace.dispatch.Queues;
import io.millrace.job.Claim;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Unique;
import io.millrace.limit.DeclaredLimit;
import io.millrace.limit.DeclaredLimits;
import io.millrace.store.StartPatience;
import io.millrace.store.TaskStore;
import io.millrace.task.Defaults;
import io.millrace.task.JobDefaults;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import io.millrace.task.UniqueDefault;
import io.millrace.worker.child.WorkerMain;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskMethod;
import io.quarkus.arc.All;
import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The tasks this worker knows. They are registered in PostgreSQL, so that the API can check submissions. */
@Singleton
public class TaskLibrary {

    private static final Logger LOG = Logger.getLogger(TaskLibrary.class);

    private final Map<String, RunnableTask> tasks;
    private final Precedence precedence;
    private final TaskStore store;
    private final TaskJson json;

    TaskLibrary(
            @All List<TaskMethod> methods,
            Queues queues,
            Precedence precedence,
            DeclaredLimits limits,
            TaskJson json,
            Validator validator,
            TaskStore store) {
        // A child registers nothing, and its start is to be short.
        Function<@Nullable Class<?>, String> schemas = WorkerMain.isChild() ? _ -> "{}" : new ArgsSchemas()::of;
        var byName = new HashMap<String, RunnableTask>();
        for (TaskMethod method : methods) {
            Class<?> args = method.argsType();
            boolean constrained =
                    args != null && validator.getConstraintsForClass(args).isBeanConstrained();
            var task = new RunnableTask(
                    define(method, queues, precedence, limits, json, schemas.apply(args)), method, constrained);
            if (byName.put(task.definition().name(), task) != null) {
                throw new IllegalStateException(
                        "two methods are the task '" + task.definition().name() + "'");
            }
        }
        this.tasks = Map.copyOf(byName);
        this.precedence = precedence;
        this.store = store;
        this.json = json;
    }

    /** Tells PostgreSQL of them, and with it whoever submits. */
    public void register(StartPatience patience) {
        List<TaskDefinition> all =
                tasks.values().stream().map(RunnableTask::definition).toList();
        patience.untilDone(() -> store.register(all, precedence::ofTask));
        LOG.infof("registered tasks count=%d", tasks.size());
    }

    /** The task of this name, if this worker knows it. */
    Optional<RunnableTask> find(String name) {
        return Optional.ofNullable(tasks.get(name));
    }

    /** Whether this run is to have a process to itself. */
    boolean isolates(RunnableTask task, Claim claim) {
        return task.isolates(claim.args(), json);
    }

    /** The names of the tasks this worker knows. */
    public Set<String> names() {
        return tasks.keySet();
    }

    private static TaskDefinition define(
            TaskMethod method,
            Queues queues,
            Precedence precedence,
            DeclaredLimits limits,
            TaskJson json,
            String schema) {
        Task task = method.task();
        if (!task.isolatedBy().isEmpty() && !json.hasBoolean(method.argsType(), task.isolatedBy())) {
            throw new IllegalStateException("task " + task.name() + " is isolated by '" + task.isolatedBy()
                    + "', which is no boolean among its arguments");
        }
        for (String argument : task.uniqueBy()) {
            if (!json.hasArgument(method.argsType(), argument)) {
                throw new IllegalStateException(
                        "task " + task.name() + " is unique by '" + argument + "', which is none of its arguments");
            }
        }
        String queue = task.queue().isEmpty() ? queues.queueOf(task.name()) : task.queue();
        int queuePriority = queues.priorityOf(queue);
        var once = new RetryPolicy(0, Duration.ZERO, 1, Duration.ZERO, true, task.acksLate());
        // What is registered is what a job gets in the task's own queue, so that whoever reads no configuration, such
        // as
        // SQL, finds it too.
        var asked = new TaskDefinition(
                task.name(), queue, queuePriority, once, null, null, Duration.ZERO, null, task.isolated(), "{}");
        JobDefaults defaults = precedence.of(asked.saying(says(task)), queue, queuePriority);
        DeclaredLimit limit = limits.of(task.name(), limit(task));
        return new TaskDefinition(
                task.name(),
                queue,
                defaults.priority(),
                defaults.retry(),
                defaults.softTimeLimit(),
                defaults.timeLimit(),
                defaults.resultTtl(),
                limit.rateOrNull(),
                limit.maxConcurrencyOrNull(),
                task.isolated(),
                schema,
                says(task),
                null);
    }

    /** What an annotation says itself: what it was given another value than the one that stands for nothing. */
    static Defaults says(Task task) {
        return new Defaults(
                durationOrNull(task.timeLimit()),
                durationOrNull(task.softTimeLimit()),
                task.maxRetries() < 0 ? null : task.maxRetries(),
                durationOrNull(task.retryDelay()),
                task.retryFactor() == 0 ? null : task.retryFactor(),
                durationOrNull(task.retryCap()),
                task.retryJitter() ? null : false,
                durationOrNull(task.resultTtl()),
                task.priority() < 0 ? null : task.priority(),
                durationOrNull(task.expires()),
                task.ignoreResult() ? true : null,
                unique(task));
    }

    private static @Nullable UniqueDefault unique(Task task) {
        Duration period = durationOrNull(task.uniqueFor());
        if (!task.unique() && period == null) {
            if (task.uniqueBy().length > 0) {
                throw new IllegalStateException(
                        "task " + task.name() + " says by what its jobs are unique, but neither unique nor uniqueFor");
            }
            return null;
        }
        return new UniqueDefault(
                List.of(task.uniqueBy()),
                period,
                task.unique(),
                switch (task.onConflict()) {
                    case RETURN -> Unique.OnConflict.RETURN;
                    case REJECT -> Unique.OnConflict.REJECT;
                    case REPLACE -> Unique.OnConflict.REPLACE;
                });
    }

    /** What an annotation says itself of its limits. */
    static DeclaredLimit limit(Task task) {
        try {
            return new DeclaredLimit(
                    task.rateLimit().isEmpty() ? null : task.rateLimit(),
                    task.maxConcurrency() == 0 ? null : task.maxConcurrency());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("task " + task.name() + ": a limit " + e.getMessage(), e);
        }
    }

    private static @Nullable Duration durationOrNull(String text) {
        return text.isEmpty() ? null : duration(text);
    }

    private static Duration duration(String text) {
        return DurationConverter.parseDuration(text);
    }
}
