package io.millrace.pack.llm;

import io.millrace.worker.task.TaskContext;

/** Somebody who answers. */
interface Provider {

    /**
     * Asks, and waits for the answer.
     *
     * @throws io.millrace.worker.task.RetryAfter if it wants to be left alone for a time
     * @throws io.millrace.worker.task.TaskFailure if another attempt makes sense
     * @throws io.millrace.worker.task.PermanentFailure if it does not
     * @throws InterruptedException if the run is to end
     */
    LlmAnswer ask(LlmRequest request, TaskContext context) throws InterruptedException;
}
