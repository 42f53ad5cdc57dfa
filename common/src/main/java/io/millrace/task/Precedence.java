package io.millrace.task;

import io.millrace.job.RetryPolicy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which of several defaults a job gets. From the strongest to the weakest: a priority set over HTTP, what is configured for its task, what its
 * task's code says, what is configured for its queue, what is configured for all, what Millrace says. A submission
 * goes before all of them.
 */
public final class Precedence {

    /** Nothing is configured. */
    public static final Precedence NOTHING_CONFIGURED = new Precedence(Defaults.NONE, Map.of(), Map.of());

    private record Place(String task, String queue) {}

    private record Resolved(TaskDefinition task, int queuePriority, JobDefaults defaults) {}

    private final Defaults global;
    private final Map<String, Defaults> byQueue;
    private final ByTaskName<Defaults> byTask;

    // Asked for every job, and the same until a task is registered anew. Tasks are registered and queues configured, so
    // it is bounded.
    private final Map<Place, Resolved> resolved = new ConcurrentHashMap<>();

    /**
     * @param byTask by a task's name, in which {@code *} stands for anything. Where several fit, the one with the most
     *     letters besides its stars goes first, and the others say what it does not.
     */
    public Precedence(Defaults global, Map<String, Defaults> byQueue, Map<String, Defaults> byTask) {
        this.global = global;
        this.byQueue = Map.copyOf(byQueue);
        this.byTask = new ByTaskName<>(byTask);
    }

    /**
     * What a job of this task gets in this queue.
     *
     * @param queuePriority what jobs of the queue get that name no priority. A task's priority is meant among the jobs
     *     of its own queue; in another one it says nothing.
     */
    public JobDefaults of(TaskDefinition task, String queue, int queuePriority) {
        var place = new Place(task.name(), queue);
        Resolved known = resolved.get(place);
        if (known == null || !known.task().equals(task) || known.queuePriority() != queuePriority) {
            known = new Resolved(task, queuePriority, resolve(task, queue, queuePriority));
            resolved.put(place, known);
        }
        return known.defaults();
    }

    private JobDefaults resolve(TaskDefinition task, String queue, int queuePriority) {
        Defaults ofTask = withPriority(task.prioritySet()).orElse(ofTask(task));
        boolean atHome = queue.equals(task.queue());
        Defaults said = (atHome ? ofTask : ofTask.withoutPriority())
                .orElse(withPriority(queuePriority))
                .orElse(ofQueue(queue));
        return JobDefaults.of(said, task.retry().afterLoss());
    }

    /** How failures of jobs of this task in this queue are followed up. */
    public RetryPolicy retryOf(TaskDefinition task, String queue) {
        return of(task, queue, 0).retry();
    }

    /** What a task says in every queue: what is configured for it, and where that says nothing, its code. */
    public Defaults ofTask(TaskDefinition task) {
        return byTask.of(task.name()).stream()
                .reduce(Defaults.NONE, Defaults::orElse)
                .orElse(task.says());
    }

    /**
     * What a queue says of the jobs of every task: what is configured for it, where that says nothing, what is for all,
     * and what Millrace itself says.
     */
    public Defaults ofQueue(String queue) {
        return byQueue.getOrDefault(queue, Defaults.NONE).orElse(global).orElse(JobDefaults.BUILT_IN);
    }

    private static Defaults withPriority(@Nullable Integer priority) {
        return new Defaults(null, null, null, null, null, null, null, null, priority, null, null);
    }
}
