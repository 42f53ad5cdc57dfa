package io.millrace.pack;

import static io.millrace.pack.ScriptedTask.script;
import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.HintEmitter;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Unique;
import io.millrace.limit.LimitName;
import io.millrace.limit.RateLimit;
import io.millrace.queue.Hint;
import io.millrace.queue.Lane;
import io.millrace.store.ControlStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.store.LimitStore;
import io.millrace.store.TaskStore;
import io.millrace.task.Defaults;
import io.millrace.task.TaskDefinition;
import io.millrace.task.UniqueDefault;
import io.millrace.testing.JobFixture;
import io.millrace.testing.RealStack;
import io.millrace.testkit.TestEngine;
import io.millrace.testkit.TestJob;
import io.millrace.worker.lane.Receivers;
import io.millrace.worker.run.JobRunner;
import io.millrace.worker.run.RunningJobs;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole worker, with real PostgreSQL and Kafka: jobs go in as rows and hints, and what becomes of them is looked at. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(RunsTest.OneSlot.class)
class RunsTest {

    /** One slot, so that the order of starts is the order of decisions; few queues, so that it starts quickly. */
    public static final class OneSlot implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.worker.concurrency", "1",
                    // A hint that has reached this worker waits here until the test frees the slot.
                    "millrace.worker.hold-time", "8s",
                    "millrace.worker.queues", "default,celery",
                    // Else every tenth slot would go to the lowest lane, and which one that is depends on the other
                    // tests.
                    "millrace.worker.low-lane-share", "0",
                    // Just beyond what the demo's own arguments can hold.
                    "millrace.result.max-size", "9500",
                    "millrace.tasks.\"test.decl*\".max-concurrency", "5",
                    "millrace.queues.polling.rate-limit", "20/s,500/m");
        }
    }

    private static final Duration LONG = Duration.ofSeconds(60);

    @Inject
    JobStore store;

    @Inject
    JobQueries queries;

    @Inject
    ControlStore control;

    @Inject
    TaskStore tasks;

    @Inject
    LimitStore limits;

    @Inject
    HintEmitter hints;

    @Inject
    Receivers receivers;

    @Inject
    JobRunner runner;

    @Inject
    RunningJobs running;

    @Inject
    ScriptedTask scripted;

    private NewJob submit(JobFixture fixture) {
        NewJob job = fixture.submitted();
        store.submit(List.of(job));
        hints.emit(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)));
        return job;
    }

    private Job await(NewJob job, Predicate<Job> condition) {
        return soon().until(() -> queries.get(job.id()).orElseThrow(), condition);
    }

    private Job awaitEnd(NewJob job) {
        return await(job, now -> now.state().finished());
    }

    @Test
    void everyTaskIsRegisteredWithTheQueueOfItsRouteAndASchemaOfItsArguments() {
        Map<String, TaskDefinition> byName = new HashMap<>();
        tasks.all().forEach(task -> byName.put(task.name(), task));

        assertThat(byName.get("detect_anomalies_task").queue()).isEqualTo("celery");
        assertThat(byName.get("demo.echo").queue()).isEqualTo("default");
        assertThat(byName.get("demo.sleep").argsSchema())
                .contains("\"seconds\"")
                .contains("\"minimum\": 0");
    }

    @Test
    void aJobRunsAndItsResultIsKept() throws Exception {
        var ended = awaitEnd(submit(aJob().ofTask("demo.add").withArgs("{\"values\": [1, 2.5, 3]}")));

        assertThat(ended.state()).isEqualTo(JobState.SUCCESS);
        assertThat(ended.result()).isEqualTo("6.5");
        assertThat(ended.attempt()).isEqualTo(1);
    }

    @Test
    void argumentsThatDoNotFitFailTheJobForGood() throws Exception {
        var ended = awaitEnd(submit(aJob().ofTask("demo.sleep").withArgs("{\"seconds\": -1}")));

        assertThat(ended.state()).isEqualTo(JobState.FAILURE);
        assertThat(ended.error()).contains("invalid_args").contains("seconds");
    }

    @Test
    void aFailureWaitsInRetryWithItsHistory() throws Exception {
        var job = submit(
                aJob().ofTask(ScriptedTask.NAME).withArgs(script("fail Flaky")).withRetryDelay(LONG));

        var waiting = await(job, now -> now.state() == JobState.RETRY);

        assertThat(queries.history(waiting)).singleElement().satisfies(attempt -> {
            assertThat(attempt.excType()).isEqualTo("Flaky");
            assertThat(attempt.outcome()).isEqualTo("retry");
        });
    }

    @Test
    void aRunBeyondItsSoftLimitIsInterrupted() throws Exception {
        var ended = awaitEnd(submit(aJob().ofTask(ScriptedTask.NAME)
                .withArgs(script("sleep 60s"))
                .withMaxRetries(0)
                .limited(0.3, null)));

        assertThat(ended.state()).isEqualTo(JobState.FAILURE);
        assertThat(ended.error()).contains("SoftTimeLimitExceeded");
    }

    @Test
    void aRunThatDoesNotListenIsSettledByItsHardLimit() throws Exception {
        var job = submit(aJob().ofTask(ScriptedTask.NAME)
                .withArgs(script("hold until released"))
                .withMaxRetries(0)
                .limited(null, 0.3));
        try {
            var ended = awaitEnd(job);

            assertThat(ended.state()).isEqualTo(JobState.FAILURE);
            assertThat(ended.error()).contains("TimeLimitExceeded");
        } finally {
            // The run has kept the only slot.
            scripted.release(job.id());
        }
    }

    /** What users' tests see of a task is what a worker makes of it ({@code docs/testing.md}). */
    @Test
    void aTestEngineMakesOfEveryEndingWhatAWorkerMakesOfIt() throws Exception {
        var engine = TestEngine.with(ScriptedTask.class);
        for (String line : List.of(
                "succeed with 42",
                "progress 1/2, succeed",
                "fail IOException",
                "fail Flaky",
                "fail for good",
                "retry after 90s",
                "snooze 90s")) {
            var here = engine.submit(ScriptedTask.NAME, script(line));
            engine.runUntilIdle();

            var there = await(
                    submit(aJob().ofTask(ScriptedTask.NAME)
                            .withArgs(script(line))
                            .withRetryDelay(LONG)),
                    now -> now.state() != JobState.PENDING && now.state() != JobState.STARTED);

            assertThat(there.state()).as(line).isEqualTo(here.state());
            assertThat(there.attempt()).as(line).isEqualTo(here.attempt());
            assertThat(there.failures()).as(line).isEqualTo(here.failures());
            assertThat(there.result()).as(line).isEqualTo(here.resultJson());
            assertThat(excType(there)).as(line).isEqualTo(excType(here));
        }
    }

    private static @Nullable String excType(Job job) {
        return job.error() == null ? null : new JsonObject(job.error()).getString("exc_type");
    }

    private static @Nullable String excType(TestJob job) {
        JobError error = job.error();
        return error == null ? null : error.excType();
    }

    @Test
    void aTestEngineKnowsEveryTaskAsTheWorkerRegistersIt() throws Exception {
        var engine = TestEngine.with(Class.forName("io.millrace.pack.demo.DemoTasks"), ScriptedTask.class);

        for (TaskDefinition registered : tasks.all()) {
            if (registered.name().startsWith("demo.") || registered.name().equals(ScriptedTask.NAME)) {
                assertThat(engine.definition(registered.name()).map(RunsTest::comparable))
                        .hasValue(comparable(registered));
            }
        }
    }

    /** PostgreSQL keeps the schema as jsonb, in an order and with spaces of its own. */
    private static List<Object> comparable(TaskDefinition task) {
        return List.of(
                task.name(),
                task.queue(),
                task.priority(),
                task.retry(),
                Optional.ofNullable(task.softTimeLimit()),
                Optional.ofNullable(task.timeLimit()),
                task.resultTtl(),
                task.isolated(),
                new JsonObject(task.argsSchema()));
    }

    @Test
    void aRevokedRunIsEndedAndFreesItsSlot() throws Exception {
        var running = submit(aJob().ofTask("demo.sleep").withArgs("{\"seconds\": 600}"));
        await(running, now -> now.state() == JobState.STARTED);

        assertThat(control.revoke(running.id(), true)).isTrue();

        // There is one slot: the next job can only run once the revoked one has left it.
        assertThat(awaitEnd(submit(aJob().ofTask("demo.noop"))).state()).isEqualTo(JobState.SUCCESS);
        assertThat(queries.get(running.id()).orElseThrow().state()).isEqualTo(JobState.REVOKED);
    }

    @Test
    void anUrgentJobBehindABacklogTakesTheNextSlot() throws Exception {
        var blocker = submit(
                aJob().ofTask("demo.sleep").withArgs("{\"seconds\": 600}").withPriority(5));
        await(blocker, now -> now.state() == JobState.STARTED);
        var backlog = new ArrayList<NewJob>();
        for (int i = 0; i < 200; i++) {
            backlog.add(submit(aJob().withPriority(1)));
        }
        var urgent = submit(aJob().withPriority(10));
        // It is Kafka's to say how soon a hint comes; who comes next is the worker's.
        soon().until(() -> receivers.held(Lane.URGENT) > 0);

        control.revoke(blocker.id(), true);

        awaitEnd(urgent);
        for (NewJob job : backlog) {
            awaitEnd(job);
        }

        var first = Stream.concat(backlog.stream(), Stream.of(urgent))
                .map(job -> queries.get(job.id()).orElseThrow())
                .min(Comparator.comparing(job -> job.startedAt()))
                .orElseThrow();
        assertThat(first.id()).isEqualTo(urgent.id());
    }

    private static JobFixture echo(int characters) {
        return aJob().ofTask("demo.echo").withArgs("{\"message\": \"" + "x".repeat(characters) + "\"}");
    }

    @Test
    void aLargeResultIsKeptAsItIs() throws Exception {
        var ended = awaitEnd(submit(echo(9_000)));

        assertThat(ended.result()).isEqualTo("{\"message\":\"" + "x".repeat(9_000) + "\"}");
    }

    @Test
    void aResultBeyondTheLimitFailsItsJobForGoodAndNoOther() throws Exception {
        var large = submit(echo(9_900));
        var small = submit(echo(10));

        var ended = awaitEnd(large);
        assertThat(ended.state()).isEqualTo(JobState.FAILURE);
        assertThat(ended.error()).contains("ResultTooLarge").contains("9500 bytes");
        assertThat(awaitEnd(small).state()).isEqualTo(JobState.SUCCESS);
    }

    @Test
    void aResultThatIsIgnoredIsNeitherKeptNorTooLarge() throws Exception {
        var ended = awaitEnd(submit(echo(9_900).withResultTtl(0)));

        assertThat(ended.state()).isEqualTo(JobState.SUCCESS);
        assertThat(ended.result()).isNull();
    }

    @Test
    void aRunOfATaskThatIsRunAtMostOnceIsNotRunAgainWhenItsWorkerEndsIt() throws Exception {
        var once = submit(aJob().ofTask("test.once"));
        // Its row says STARTED a moment before the worker knows that it runs it.
        soon().until(() -> running.ids().contains(once.id()));

        runner.releaseAll();

        var ended = awaitEnd(once);
        assertThat(ended.state()).isEqualTo(JobState.FAILURE);
        assertThat(ended.error()).contains("WorkerLost");
        assertThat(ended.losses()).isEqualTo(1);
    }

    @Test
    void whatATaskLeavesAloneIsRegisteredAsLeftAlone() {
        var byName = new HashMap<String, TaskDefinition>();
        tasks.all().forEach(task -> byName.put(task.name(), task));

        assertThat(byName.get("demo.noop").says()).isEqualTo(Defaults.NONE);
        assertThat(byName.get("demo.noop").retry().afterLoss()).isTrue();
        var once = byName.get("test.once");
        assertThat(once.retry().afterLoss()).isFalse();
        assertThat(once.retry().maxRetries()).isZero();
        assertThat(once.says())
                .isEqualTo(
                        new Defaults(null, null, 0, null, null, Duration.ofSeconds(5), false, null, null, null, true));
    }

    @Test
    void limitsAreThoseOfTheTasksCodeUnlessConfigurationSaysOthers() {
        var inForce = limits.inForce();

        var ofTask = inForce.limit(new LimitName(LimitName.Scope.TASK, DeclaredTask.NAME));
        assertThat(ofTask.rate()).isEqualTo(RateLimit.parse("15/s,1000/h"));
        assertThat(ofTask.maxConcurrency()).isEqualTo(5);
        var ofQueue = inForce.limit(new LimitName(LimitName.Scope.QUEUE, "polling"));
        assertThat(ofQueue.rate()).isEqualTo(RateLimit.parse("20/s,500/m"));
        assertThat(ofQueue.maxConcurrency()).isNull();
    }

    @Test
    void howATasksJobsAreUniqueIsRegistered() {
        var declared = tasks.named(List.of(DeclaredTask.NAME)).getFirst();

        assertThat(declared.says().unique())
                .isEqualTo(new UniqueDefault(
                        List.of("pipeline_id"), Duration.ofMinutes(5), true, Unique.OnConflict.REPLACE));
    }
}
