package io.millrace.pack;

import io.millrace.worker.task.Task;
import jakarta.inject.Singleton;

/** A task that must not be run twice, and that runs until it is interrupted. */
@Singleton
class AtMostOnceTask {

    @Task(
            name = "test.once",
            queue = "default",
            acksLate = false,
            maxRetries = 0,
            retryCap = "5s",
            retryJitter = false,
            ignoreResult = true)
    void once() throws InterruptedException {
        Thread.sleep(600_000);
    }
}
