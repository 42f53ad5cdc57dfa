package io.millrace.pack;

import static io.millrace.testing.JobFixture.aJob;

import io.millrace.dispatch.HintEmitter;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.millrace.worker.http.HttpCalls;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Fails first; then it calls somebody and submits another job. */
@Singleton
class TracedTask {

    static final String NAME = "test.traced";

    record Args(String url, UUID child) {}

    private final HttpCalls http = new HttpCalls(Duration.ofSeconds(10), 1 << 10);
    private final JobStore jobs;
    private final HintEmitter hints;

    TracedTask(JobStore jobs, HintEmitter hints) {
        this.jobs = jobs;
        this.hints = hints;
    }

    @Task(name = NAME)
    void run(Args args, TaskContext context) throws InterruptedException {
        context.log().info("at work");
        if (context.attempt() == 1) {
            throw new TaskFailure("Flaky", "the first attempt fails");
        }
        var _ = http.send(HttpRequest.newBuilder(URI.create(args.url())).build());
        NewJob child =
                aJob().withId(args.child()).submitted().withTraceId(Objects.requireNonNull(context.traceparent()));
        jobs.submit(List.of(child));
        hints.emit(List.of(new Hint(child.id(), 0, child.queue(), child.priority(), child.traceId())));
    }
}
