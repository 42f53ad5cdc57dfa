package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.job.Unique;
import io.millrace.job.Unique.OnConflict;
import io.millrace.queue.Hint;
import io.millrace.store.KeyStore.Idempotency;
import io.millrace.store.KeyStore.Keyed;
import io.millrace.store.KeyStore.Verdict;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("real")
class KeyStoreTest {

    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", null);
    private static final Verdict ACCEPTED = new Verdict.Accepted();

    private final Database database = RealDatabase.empty();
    private final JobStore jobs = new JobStore(database);
    private final JobQueries queries = new JobQueries(database);
    private final KeyStore store = new KeyStore(database);

    private static Keyed unique(String print, OnConflict onConflict) {
        return new Keyed(aJob().submitted(), null, new Unique(print, null, true, onConflict));
    }

    private static Keyed unique(String print, OnConflict onConflict, Duration period) {
        return new Keyed(
                aJob().submitted(), null, new Unique(print, Instant.now().plus(period), false, onConflict));
    }

    private static Keyed once(String key, String print) {
        return new Keyed(aJob().submitted(), new Idempotency(key, print), null);
    }

    private Verdict submit(Keyed keyed) {
        return submit(List.of(keyed)).getFirst();
    }

    private List<Verdict> submit(List<Keyed> keyed) {
        return store.submit(keyed, Instant.now()).verdicts();
    }

    private static Verdict before(Keyed keyed) {
        return new Verdict.Before(keyed.job().id());
    }

    private static Verdict notUnique(Keyed keyed) {
        return new Verdict.NotUnique(keyed.job().id());
    }

    private Claim claim(Keyed keyed) {
        return jobs.claim(List.of(new Hint(keyed.job().id(), 0, "default", 5, null)), "w1")
                .getFirst();
    }

    private void finish(Keyed keyed) {
        jobs.record(List.of(new Settled(claim(keyed), new Transition.Succeed(null))));
    }

    private @Nullable Job find(Keyed keyed) {
        return queries.get(keyed.job().id()).orElse(null);
    }

    private Job get(Keyed keyed) {
        return queries.get(keyed.job().id()).orElseThrow();
    }

    private static <T> List<T> together(List<Callable<T>> tries) throws Exception {
        var answers = new ArrayList<T>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(tries)) {
                answers.add(each.get());
            }
        }
        return answers;
    }

    // -- unique

    @Test
    void ofFiftyThatComeTogetherExactlyOneIsAccepted() throws Exception {
        var fifty = IntStream.range(0, 50)
                .mapToObj(i -> unique("print", OnConflict.RETURN))
                .toList();

        var verdicts = together(fifty.stream()
                .<Callable<Verdict>>map(keyed -> () -> submit(keyed))
                .toList());

        var accepted = queries.list(JobFilter.ALL, null, true, 100);
        assertThat(accepted).hasSize(1);
        assertThat(verdicts).filteredOn(ACCEPTED::equals).hasSize(1);
        assertThat(verdicts)
                .filteredOn(new Verdict.Before(accepted.getFirst().id())::equals)
                .hasSize(49);
    }

    @Test
    void ofFiftyThatComeTogetherForAFinishedJobsPlaceExactlyOneTakesItOver() throws Exception {
        var finished = unique("print", OnConflict.REJECT);
        submit(finished);
        finish(finished);

        var verdicts = together(IntStream.range(0, 50)
                .<Callable<Verdict>>mapToObj(i -> () -> submit(unique("print", OnConflict.REJECT)))
                .toList());

        assertThat(verdicts).filteredOn(ACCEPTED::equals).hasSize(1);
        assertThat(verdicts).filteredOn(Verdict.NotUnique.class::isInstance).hasSize(49);
        assertThat(queries.list(JobFilter.ALL, null, true, 100)).hasSize(2);
    }

    @Test
    void ofFiftyThatReplaceEachOtherOneIsLeft() throws Exception {
        var verdicts = together(IntStream.range(0, 50)
                .<Callable<Verdict>>mapToObj(i -> () -> submit(unique("print", OnConflict.REPLACE)))
                .toList());

        assertThat(verdicts).containsOnly(ACCEPTED);
        assertThat(queries.list(JobFilter.ALL, null, true, 100))
                .hasSize(50)
                .filteredOn(job -> job.state() == JobState.PENDING)
                .hasSize(1);
    }

    @Test
    void requestsThatWantTheSamePlacesInAnotherOrderDoNotDeadlock() throws Exception {
        var prints = IntStream.range(0, 40).mapToObj(i -> "print-" + i).toList();
        List<Callable<List<Verdict>>> requests = IntStream.range(0, 20)
                .<Callable<List<Verdict>>>mapToObj(i -> () -> submit((i % 2 == 0 ? prints : prints.reversed())
                        .stream()
                                .map(print -> unique(print, i % 3 == 0 ? OnConflict.REPLACE : OnConflict.RETURN))
                                .toList()))
                .toList();

        together(requests);

        assertThat(queries.list(JobFilter.ALL, null, true, 1_000))
                .filteredOn(job -> job.state() == JobState.PENDING)
                .hasSize(40);
    }

    @Test
    void anUnfinishedJobHasItsPlaceAndAFinishedOneDoesNot() {
        var first = unique("print", OnConflict.REJECT);
        assertThat(submit(first)).isEqualTo(ACCEPTED);
        assertThat(submit(unique("print", OnConflict.REJECT))).isEqualTo(notUnique(first));
        assertThat(submit(unique("print", OnConflict.RETURN))).isEqualTo(before(first));
        assertThat(submit(unique("another", OnConflict.REJECT))).isEqualTo(ACCEPTED);

        finish(first);

        var second = unique("print", OnConflict.REJECT);
        assertThat(submit(second)).isEqualTo(ACCEPTED);
        assertThat(submit(unique("print", OnConflict.REJECT))).isEqualTo(notUnique(second));
    }

    @Test
    void withinItsPeriodAPlaceIsTakenAndAfterItFree() {
        var first = unique("print", OnConflict.RETURN, Duration.ofHours(1));
        submit(first);
        finish(first);
        assertThat(submit(unique("print", OnConflict.RETURN, Duration.ofHours(1))))
                .isEqualTo(before(first));

        var second = unique("print", OnConflict.RETURN, Duration.ofHours(1));
        var afterwards = store.submit(List.of(second), Instant.now().plus(Duration.ofHours(2)))
                .verdicts();

        assertThat(afterwards).containsExactly(ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"PENDING", "SCHEDULED", "RETRY"})
    void aWaitingJobThatIsReplacedIsRevokedWithTheReason(JobState waiting) {
        var later = Instant.now().plusSeconds(60);
        var old = new Keyed(
                waiting == JobState.SCHEDULED ? aJob().due(later).submitted() : aJob().submitted(),
                null,
                new Unique("print", null, true, OnConflict.REPLACE));
        submit(old);
        if (waiting == JobState.RETRY) {
            jobs.record(List.of(new Settled(claim(old), new Transition.Retry(ERROR, later, 60))));
        }
        assertThat(get(old).state()).isEqualTo(waiting);

        var successor = unique("print", OnConflict.REPLACE);
        var judged = store.submit(List.of(successor), Instant.now());
        assertThat(judged.verdicts()).containsExactly(ACCEPTED);
        assertThat(judged.replaced()).singleElement().satisfies(replaced -> {
            assertThat(replaced.job().jobId()).isEqualTo(old.job().id());
            assertThat(replaced.successor()).isEqualTo(successor.job().id());
        });

        assertThat(get(old).state()).isEqualTo(JobState.REVOKED);
        assertThat(get(old).error())
                .contains("replaced")
                .contains(successor.job().id().toString());
        assertThat(get(old).finishedAt()).isNotNull();
        assertThat(get(successor).state()).isEqualTo(JobState.PENDING);
        assertThat(submit(unique("print", OnConflict.REJECT))).isEqualTo(notUnique(successor));
    }

    @Test
    void aRunningJobThatIsReplacedMayFinishButDoesNotRunAgain() {
        var finishing = unique("a", OnConflict.REPLACE);
        var failing = unique("b", OnConflict.REPLACE);
        submit(List.of(finishing, failing));
        var claims = List.of(claim(finishing), claim(failing));

        var judged =
                store.submit(List.of(unique("a", OnConflict.REPLACE), unique("b", OnConflict.REPLACE)), Instant.now());
        assertThat(judged.verdicts()).containsOnly(ACCEPTED);
        assertThat(judged.replaced()).as("they run").isEmpty();

        assertThat(get(finishing).state()).isEqualTo(JobState.STARTED);
        jobs.record(List.of(
                new Settled(claims.get(0), new Transition.Succeed("1")),
                new Settled(claims.get(1), new Transition.Retry(ERROR, Instant.now(), 0))));
        assertThat(get(finishing).state()).isEqualTo(JobState.SUCCESS);
        assertThat(get(failing).state()).isEqualTo(JobState.REVOKED);
    }

    @Test
    void thoseOfOneRequestThatWantTheSamePlaceFindEachOther() {
        var first = unique("print", OnConflict.RETURN);
        var again = unique("print", OnConflict.RETURN);
        var rejected = unique("print", OnConflict.REJECT);
        var alone = unique("alone", OnConflict.REJECT);

        assertThat(submit(List.of(first, again, rejected, alone)))
                .containsExactly(ACCEPTED, before(first), notUnique(first), ACCEPTED);
        assertThat(find(again)).isNull();
    }

    @Test
    void theLastOfOneRequestThatReplacesHasThePlace() {
        var there = unique("print", OnConflict.RETURN);
        submit(there);
        var first = unique("print", OnConflict.REPLACE);
        var last = unique("print", OnConflict.REPLACE);
        var after = unique("print", OnConflict.RETURN);

        assertThat(submit(List.of(first, last, after))).containsExactly(notUnique(last), ACCEPTED, before(last));
        assertThat(get(there).state()).isEqualTo(JobState.REVOKED);
    }

    @Test
    void thoseOfOneRequestAreAllAnsweredWithWhoeverWasThere() {
        var there = unique("print", OnConflict.RETURN);
        submit(there);

        assertThat(submit(List.of(unique("print", OnConflict.REJECT), unique("print", OnConflict.RETURN))))
                .containsExactly(notUnique(there), before(there));
    }

    // -- idempotency keys

    @Test
    void theSameKeyAndTheSameSubmissionAreAcceptedOnceHoweverManyTry() throws Exception {
        var verdicts = together(IntStream.range(0, 20)
                .<Callable<Verdict>>mapToObj(i -> () -> submit(once("key", "print")))
                .toList());

        var accepted = queries.list(JobFilter.ALL, null, true, 100);
        assertThat(accepted).hasSize(1);
        assertThat(verdicts).filteredOn(ACCEPTED::equals).hasSize(1);
        assertThat(verdicts)
                .filteredOn(new Verdict.Before(accepted.getFirst().id())::equals)
                .hasSize(19);
        assertThat(submit(once("key", "another"))).isEqualTo(new Verdict.KeyReused());
    }

    @Test
    void manyKeysOfOneRequestAreJudgedTogether() {
        var earlier = once("earlier", "print");
        submit(earlier);
        var fresh = once("fresh", "print");

        var verdicts = submit(List.of(
                once("earlier", "print"),
                once("earlier", "other"),
                fresh,
                once("fresh", "print"),
                once("fresh", "other")));

        assertThat(verdicts)
                .containsExactly(
                        before(earlier), new Verdict.KeyReused(), ACCEPTED, before(fresh), new Verdict.KeyReused());
        assertThat(queries.list(JobFilter.ALL, null, true, 100)).hasSize(2);
    }

    @Test
    void aKeyIsOfItsProject() {
        var mine = new Keyed(aJob().ofProject("mine").submitted(), new Idempotency("key", "print"), null);
        var yours = new Keyed(aJob().ofProject("yours").submitted(), new Idempotency("key", "print"), null);

        assertThat(submit(List.of(mine, yours))).containsOnly(ACCEPTED);
    }

    @Test
    void allOrNoneLeavesNothingBehindWhereOneIsRefused() {
        submit(once("taken", "print"));
        var good = once("free", "print");
        var plain = new Keyed(aJob().submitted(), null, null);

        var refused = store.submitAll(List.of(good, plain, once("taken", "other")), Instant.now())
                .verdicts();

        assertThat(refused).containsExactly(ACCEPTED, ACCEPTED, new Verdict.KeyReused());
        assertThat(find(good)).isNull();
        assertThat(find(plain)).isNull();
        assertThat(store.submitAll(List.of(good, plain), Instant.now()).verdicts())
                .containsOnly(ACCEPTED);
        assertThat(get(good).state()).isEqualTo(JobState.PENDING);
        assertThat(get(plain).state()).isEqualTo(JobState.PENDING);
    }

    // -- cleaning

    private long rows(String table) {
        return database.first("SELECT count(*) FROM " + table, Tuple.tuple(), row -> row.getLong(0))
                .orElseThrow();
    }

    @Test
    void oldIdempotencyKeysAreForgottenInSteps() {
        submit(IntStream.range(0, 5).mapToObj(i -> once("old-" + i, "print")).toList());
        database.run("UPDATE idempotency SET created_at = now() - interval '8 days'", Tuple.tuple());
        var young = once("young", "print");
        submit(young);

        assertThat(store.forget(Duration.ofDays(7), 3)).isEqualTo(3);
        assertThat(store.forget(Duration.ofDays(7), 3)).isEqualTo(2);
        assertThat(store.forget(Duration.ofDays(7), 3)).isZero();

        assertThat(submit(once("young", "print"))).isEqualTo(before(young));
        assertThat(submit(once("old-1", "other"))).isEqualTo(ACCEPTED);
    }

    @Test
    void placesThatNobodyHoldsAreClearedAndTheOthersKept() {
        var finished = unique("finished", OnConflict.REJECT);
        var waiting = unique("waiting", OnConflict.REJECT);
        var over = unique("over", OnConflict.REJECT, Duration.ofMillis(1));
        var going = unique("going", OnConflict.REJECT, Duration.ofHours(1));
        submit(List.of(finished, waiting, over, going));
        finish(finished);
        database.run("UPDATE unique_key SET check_at = now()", Tuple.tuple());

        assertThat(store.free(1_000)).isEqualTo(new KeyStore.Freed(2, 2));

        assertThat(rows("unique_key")).isEqualTo(2);
        assertThat(submit(unique("waiting", OnConflict.REJECT))).isEqualTo(notUnique(waiting));
        assertThat(submit(unique("going", OnConflict.REJECT))).isEqualTo(notUnique(going));
        assertThat(store.free(1_000)).as("not looked at again so soon").isEqualTo(new KeyStore.Freed(0, 0));
    }

    @Test
    void jobsThatAreNotUniqueTouchNoKeys() {
        NewJob plain = aJob().submitted();
        jobs.submit(List.of(plain));
        jobs.record(List.of(new Settled(
                jobs.claim(List.of(new Hint(plain.id(), 0, "default", 5, null)), "w1")
                        .getFirst(),
                new Transition.Succeed("1"))));

        assertThat(rows("unique_key")).isZero();
        assertThat(rows("idempotency")).isZero();
    }
}
