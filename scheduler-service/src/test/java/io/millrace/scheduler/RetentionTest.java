package io.millrace.scheduler;

import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.Database;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A scheduler that moves what has finished at once, and looks for what can be forgotten all the time. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(RetentionTest.Quick.class)
class RetentionTest {

    public static final class Quick implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.retention.move-after", "1ms",
                    "millrace.retention.move-interval", "20ms",
                    "millrace.retention.forget-interval", "50ms");
        }
    }

    @Inject
    Database database;

    @Inject
    JobStore jobs;

    @Inject
    JobQueries queries;

    @Inject
    MeterRegistry metrics;

    private void await(String what, String question, Object... parameters) {
        await(
                what,
                () -> database.first(question, Tuple.wrap(parameters), row -> row.getBoolean(0))
                        .orElse(false));
    }

    private static void await(String what, Callable<Boolean> condition) {
        soon().alias(what).until(condition);
    }

    private void finish(List<NewJob> submitted) {
        jobs.submit(submitted);
        var claims = jobs.claim(
                submitted.stream()
                        .map(job -> new Hint(job.id(), 0, "default", 5, null))
                        .toList(),
                "w1");
        jobs.record(claims.stream()
                .map(claim -> new Settled(claim, new Transition.Succeed("{\"a\": 1}")))
                .toList());
    }

    private double counted(String name) {
        return metrics.get(name).counter().count();
    }

    @Test
    void whatHasFinishedLeavesTheHotTableAndIsForgottenInTime() {
        var waiting = aJob().submitted();
        jobs.submit(List.of(waiting));
        var finished = IntStream.range(0, 50).mapToObj(i -> aJob().submitted()).toList();
        double before = counted("millrace.finished.moved");

        finish(finished);

        await("finished jobs leave", "SELECT count(*) = 0 FROM job WHERE id = ANY ($1)", (Object)
                finished.stream().map(NewJob::id).toArray(UUID[]::new));
        await("they are counted", () -> counted("millrace.finished.moved") - before >= 50);
        assertThat(queries.get(waiting.id())).isPresent();
        assertThat(queries.get(finished.getFirst().id()).orElseThrow().result()).isEqualTo("{\"a\": 1}");

        double forgotten = counted("millrace.finished.forgotten");
        var longAgo = OffsetDateTime.parse("2020-01-01T00:00:00Z");
        database.inTransaction(sql -> {
            sql.run("SELECT make_partition('finished_job', $1)", Tuple.of(longAgo));
            sql.run("UPDATE finished_tally SET forget_at = $1", Tuple.of(longAgo));
            return sql.run("UPDATE finished_job SET forget_at = $1", Tuple.of(longAgo));
        });

        await(
                "finished jobs are forgotten",
                "SELECT count(*) = 0 FROM finished_partition WHERE name = 'finished_job_2020_01_01_00'");
        assertThat(queries.get(finished.getFirst().id())).isEmpty();
        await("they are counted", () -> counted("millrace.finished.forgotten") - forgotten >= 50);
    }
}
