package io.millrace.pack;

import io.millrace.store.ControlStore;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import jakarta.inject.Singleton;

/** A task whose last act is to revoke its own job: its end follows at once, before anybody looks whether it is still held. */
@Singleton
class SelfRevokingTask {

    static final String NAME = "test.revokes_itself";

    private final ControlStore control;

    SelfRevokingTask(ControlStore control) {
        this.control = control;
    }

    /** By the store and not over HTTP, so that the revocation itself tells nothing. */
    @Task(name = NAME)
    void run(TaskContext context) {
        control.revoke(context.jobId(), true);
    }
}
