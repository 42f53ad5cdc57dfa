package io.millrace.worker.run;

import io.millrace.dispatch.Queues;
import io.millrace.job.Claim;
import io.millrace.job.RetryPolicy;
import io.millrace.store.TaskStore;
import io.millrace.task.Defaults;
import io.millrace.task.TaskDefinition;
import io.millrace.worker.child.WorkerMain;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskMethod;
import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The tasks this worker knows. Registers them in PostgreSQL when it starts, so that the API can check submissions. */
@Singleton
public class TaskLibrary {

    /** After the schema and the queues, before the first job is received. */
    private static final int BEFORE_RECEIVING = 300;

    private static final Logger LOG = Logger.getLogger(TaskLibrary.class);
    private static final Duration RESULT_TTL = Duration.ofHours(24);

    private final Map<String, RunnableTask> tasks;
    private final TaskStore store;
    private final TaskJson json;

    TaskLibrary(@All List<TaskMethod> methods, Queues queues, TaskJson json, Validator validator, TaskStore store) {
        var byName = new HashMap<String, RunnableTask>();
        for (TaskMethod method : methods) {
            Class<?> args = method.argsType();
            boolean constrained =
                    args != null && validator.getConstraintsForClass(args).isBeanConstrained();
            var task = new RunnableTask(define(method, queues, json), method, constrained);
            if (byName.put(task.definition().name(), task) != null) {
                throw new IllegalStateException(
                        "two methods are the task '" + task.definition().name() + "'");
            }
        }
        this.tasks = Map.copyOf(byName);
        this.store = store;
        this.json = json;
    }

    void onStart(@Observes @Priority(BEFORE_RECEIVING) StartupEvent event) {
        store.register(tasks.values().stream().map(RunnableTask::definition).toList());
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

    private static TaskDefinition define(TaskMethod method, Queues queues, TaskJson json) {
        Task task = method.task();
        if (!task.isolatedBy().isEmpty() && !json.hasBoolean(method.argsType(), task.isolatedBy())) {
            throw new IllegalStateException("task " + task.name() + " is isolated by '" + task.isolatedBy()
                    + "', which is no boolean among its arguments");
        }
        String queue = task.queue().isEmpty() ? queues.queueOf(task.name()) : task.queue();
        Defaults says = says(task);
        RetryPolicy builtIn = RetryPolicy.DEFAULT;
        return new TaskDefinition(
                task.name(),
                queue,
                task.priority() < 0 ? queues.priorityOf(queue) : task.priority(),
                new RetryPolicy(
                        or(says.maxRetries(), builtIn.maxRetries()),
                        or(says.retryDelay(), builtIn.delay()),
                        or(says.retryFactor(), builtIn.factor()),
                        or(says.retryCap(), builtIn.cap()),
                        or(says.retryJitter(), builtIn.jitter()),
                        task.acksLate()),
                orNone(says.softTimeLimit()),
                orNone(says.timeLimit()),
                or(says.resultTtl(), RESULT_TTL),
                task.rateLimit().isEmpty() ? null : task.rateLimit(),
                task.isolated(),
                // A child registers nothing, and its start is to be short.
                WorkerMain.isChild() ? "{}" : json.schemaOf(method.argsType()),
                says,
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
                task.ignoreResult() ? true : null);
    }

    private static <T> T or(@Nullable T said, T otherwise) {
        return said == null ? otherwise : said;
    }

    private static @Nullable Duration orNone(@Nullable Duration limit) {
        return limit == null || limit.isZero() ? null : limit;
    }

    private static @Nullable Duration durationOrNull(String text) {
        return text.isEmpty() ? null : duration(text);
    }

    private static Duration duration(String text) {
        return DurationConverter.parseDuration(text);
    }
}
