package io.millrace.worker.run;

import io.millrace.task.TaskDefinition;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskMethod;

/**
 * A task that this worker knows: its definition and the method behind it.
 *
 * @param constrained whether its arguments have constraints to be checked
 */
record RunnableTask(TaskDefinition definition, TaskMethod method, boolean constrained) {

    /** Whether a run with these arguments is to have a process to itself. */
    boolean isolates(String args, TaskJson json) {
        Task task = method.task();
        return task.isolated() || (!task.isolatedBy().isEmpty() && json.saysTrue(args, task.isolatedBy()));
    }

    /** Whether the task calls this exception worth another attempt. */
    boolean retries(Throwable thrown) {
        for (var no : method.task().doNotRetryFor()) {
            if (no.isInstance(thrown)) {
                return false;
            }
        }
        var only = method.task().retryFor();
        for (var yes : only) {
            if (yes.isInstance(thrown)) {
                return true;
            }
        }
        return only.length == 0;
    }
}
