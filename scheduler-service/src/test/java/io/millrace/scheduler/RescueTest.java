package io.millrace.scheduler;

import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.RetryPolicy;
import io.millrace.queue.Hint;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.store.TaskStore;
import io.millrace.store.WorkerStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The scheduler at work, against a real PostgreSQL and a real Kafka: a worker that says nothing, and what it held. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(RescueTest.Quick.class)
class RescueTest {

    /** A lease that a test can wait for. */
    public static final class Quick implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("millrace.scheduler.lease", "1s", "millrace.scheduler.rescue-interval", "200ms");
        }
    }

    @Inject
    JobStore store;

    @Inject
    JobQueries queries;

    @Inject
    TaskStore tasks;

    @Inject
    WorkerStore workers;

    private Job await(NewJob job, Predicate<Job> condition) {
        return soon().until(() -> queries.get(job.id()).orElseThrow(), condition);
    }

    private static TaskDefinition task(String name, boolean acksLate) {
        var retry = new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(600), true, acksLate);
        return new TaskDefinition(name, "default", 5, retry, null, null, Duration.ofHours(1), null, false, "{}");
    }

    @Test
    void whatALostWorkerHeldRunsElsewhereUnlessItIsToRunAtMostOnce() throws Exception {
        tasks.register(List.of(task("test.again", true), task("test.once", false)));
        workers.enrol("silent", "here", "0", List.of("default"), 3);
        NewJob again = aJob().ofTask("test.again").submitted();
        NewJob once = aJob().ofTask("test.once").submitted();
        store.submit(List.of(again, once));
        var claims = store.claim(
                List.of(new Hint(again.id(), 0, "default", 5, null), new Hint(once.id(), 0, "default", 5, null)),
                "silent");
        assertThat(claims).hasSize(2);

        Job rescued = await(again, now -> now.state() != JobState.STARTED);
        Job ended = await(once, now -> now.state() != JobState.STARTED);

        assertThat(rescued.state()).isEqualTo(JobState.PENDING);
        assertThat(rescued.losses()).isEqualTo(1);
        assertThat(ended.state()).isEqualTo(JobState.FAILURE);
        assertThat(ended.error()).contains("WorkerLost");
        assertThat(queries.history(ended))
                .singleElement()
                .matches(attempt -> attempt.outcome().equals("lost"));
    }
}
