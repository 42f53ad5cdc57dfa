package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.JobFilter;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.testing.JobFixture;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("real")
class ResultsTest {

    private static final int LIMIT = 1_000;

    private final Database database = RealDatabase.empty();
    private final JobStore store = new JobStore(database, LIMIT);
    private final JobQueries queries = new JobQueries(database);

    private Claim claimed(JobFixture fixture) {
        NewJob job = fixture.submitted();
        store.submit(List.of(job));
        return store.claim(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)), "w1")
                .getFirst();
    }

    private Claim ended(@Nullable String result) {
        Claim claim = claimed(aJob());
        store.record(List.of(new Settled(claim, new Transition.Succeed(result))));
        return claim;
    }

    /** Bytes of the compressed column, empty where the result is stored as it is. */
    private @Nullable Integer compressedBytes(Claim claim) {
        return database.list(
                        "SELECT octet_length(result_gzip) AS bytes, result IS NULL AS alone FROM job WHERE id = $1",
                        Tuple.of(claim.jobId()),
                        row -> {
                            assertThat(row.getInteger("bytes") == null || row.getBoolean("alone"))
                                    .isTrue();
                            return new @Nullable Integer[] {row.getInteger("bytes")};
                        })
                .getFirst()[0];
    }

    private static String text(String letter, int bytes) {
        return '"' + letter.repeat((bytes - 2) / letter.getBytes(java.nio.charset.StandardCharsets.UTF_8).length) + '"';
    }

    @ParameterizedTest
    @CsvSource({
        "x, 1000, false",
        "x, 1001, true",
        "x, 500000, true",
        "ü, 1000, false",
        "ü, 1002, true",
        "😀, 1002, true"
    })
    void aResultAboveTheLimitIsStoredCompressedAndReadAsItWas(String letter, int bytes, boolean compressed) {
        String result = text(letter, bytes);

        Claim claim = ended(result);

        assertThat(compressedBytes(claim) != null).isEqualTo(compressed);
        assertThat(queries.get(claim.jobId()).orElseThrow().result()).isEqualTo(result);
        assertThat(queries.list(JobFilter.ALL, null, true, 1).getFirst().result())
                .isEqualTo(result);
    }

    @Test
    void compressedAndPlainResultsAreRecordedTogether() {
        var large = claimed(aJob());
        var small = claimed(aJob());
        var failed = claimed(aJob());

        store.record(List.of(
                new Settled(large, new Transition.Succeed(text("x", 100_000))),
                new Settled(small, new Transition.Succeed("42")),
                new Settled(failed, new Transition.Fail(new JobError("task_failed", "E", "no", null), false))));

        assertThat(compressedBytes(large)).isLessThan(2_000);
        assertThat(queries.get(small.jobId()).orElseThrow().result()).isEqualTo("42");
        assertThat(queries.get(failed.jobId()).orElseThrow().result()).isNull();
    }

    @Test
    void aJobThatRunsAgainForgetsACompressedResultToo() {
        Claim claim = ended(text("x", 5_000));
        database.run("UPDATE job SET state = 'FAILURE' WHERE id = $1", Tuple.of(claim.jobId()));

        new ControlStore(database).runAgain(claim.jobId());

        assertThat(queries.get(claim.jobId()).orElseThrow().result()).isNull();
    }

    @Test
    void aClaimKnowsWhetherItsResultIsKept() {
        assertThat(claimed(aJob()).keepsResult()).isTrue();
        assertThat(claimed(aJob().withResultTtl(0)).keepsResult()).isFalse();
    }
}
