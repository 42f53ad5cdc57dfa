package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nothing that was accepted is lost, and nothing succeeds twice, whatever dies meanwhile. */
@Tag("real")
@ExtendWith(StackExtension.class)
class EveryJobRunsTest {

    private static final Duration SOON = Duration.ofSeconds(90);

    private final Stack stack;
    private final String tag = "t" + UUID.randomUUID().toString().replace("-", "");

    EveryJobRunsTest(Stack stack) {
        this.stack = stack;
    }

    @Test
    void ten_thousand_bulk_jobs_all_succeed_at_their_first_attempt() {
        List<String> ids = stack.bulk(10_000, "demo.noop", "{}", tag);

        eventually(SOON, () -> assertThat(stack.states(tag)).isEqualTo(Map.of("SUCCESS", 10_000L)));
        Map<String, JsonNode> jobs = stack.jobs(tag);
        assertThat(jobs.keySet()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(jobs.values()).allMatch(job -> job.path("attempt").asInt() == 1);
    }

    @Test
    void a_worker_killed_in_the_middle_of_five_hundred_sleeping_jobs_loses_none_and_none_succeeds_twice() {
        List<String> ids = stack.bulk(500, "demo.sleep", "{\"seconds\": 2}", tag);
        stack.another(Component.WORKER);
        eventually(SOON, () -> assertThat(stack.states(tag)).containsKeys("SUCCESS"));

        stack.kill9(Component.WORKER);

        allSucceedOnce(ids);
    }

    @Test
    void an_only_worker_that_is_killed_leaves_its_jobs_to_its_successor() {
        List<String> ids = stack.bulk(50, "demo.sleep", "{\"seconds\": 1}", tag);
        eventually(SOON, () -> assertThat(stack.states(tag)).containsKey("STARTED"));

        stack.kill9(Component.WORKER);
        stack.up();

        allSucceedOnce(ids);
    }

    @Test
    void every_id_that_the_api_had_accepted_before_it_was_killed_is_finished() {
        List<String> accepted = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger answered = new AtomicInteger();
        CompletableFuture<Void> submitting = CompletableFuture.runAsync(() -> submitUntilRefused(accepted, answered));
        eventually(SOON, () -> assertThat(answered).hasValueGreaterThan(5));

        stack.kill9(Component.API);
        submitting.join();
        stack.up();

        eventually(SOON, () -> assertThat(stack.states(tag)).containsOnlyKeys("SUCCESS"));
        assertThat(stack.jobs(tag).keySet()).containsAll(accepted);
    }

    @Test
    void a_scheduler_killed_while_jobs_wait_for_their_retry_leaves_them_to_its_successor() {
        List<String> ids = stack.bulkFailingOnce(200, 20, tag);
        eventually(SOON, () -> assertThat(stack.states(tag)).containsKey("RETRY"));

        stack.kill9(Component.SCHEDULER);
        stack.up();

        allSucceedOnce(ids);
        assertThat(stack.jobs(tag).values()).allMatch(job -> job.path("attempt").asInt() == 2);
    }

    @Test
    void a_second_scheduler_goes_on_at_once_when_the_first_is_killed() {
        stack.another(Component.SCHEDULER);
        List<String> ids = stack.bulkFailingOnce(200, 20, tag);
        eventually(SOON, () -> assertThat(stack.states(tag)).containsKey("RETRY"));

        stack.kill9(Component.SCHEDULER);

        allSucceedOnce(ids);
    }

    @Test
    void jobs_submitted_before_the_stack_went_down_are_finished_after() {
        List<String> ids = stack.bulk(3_000, "demo.sleep", "{\"seconds\": 0.5}", tag);

        stack.down();
        stack.up();

        assertThat(stack.jobs(tag)).hasSize(3_000);
        allSucceedOnce(ids.subList(0, 100));
        eventually(Duration.ofMinutes(3), () -> assertThat(stack.states(tag)).isEqualTo(Map.of("SUCCESS", 3_000L)));
    }

    @Test
    void kafka_may_lose_all_its_data_while_the_stack_is_down_and_no_job_is_lost() {
        List<String> ids = stack.bulk(3_000, "demo.sleep", "{\"seconds\": 0.5}", tag);

        stack.down();
        stack.loseData(Component.KAFKA);
        stack.up();

        eventually(Duration.ofMinutes(3), () -> assertThat(stack.states(tag)).isEqualTo(Map.of("SUCCESS", 3_000L)));
        assertThat(stack.jobs(tag).keySet()).containsExactlyInAnyOrderElementsOf(ids);
    }

    private void submitUntilRefused(List<String> accepted, AtomicInteger answered) {
        try {
            for (int i = 0; i < 2_000; i++) {
                accepted.addAll(stack.bulk(100, "demo.noop", "{}", tag));
                answered.incrementAndGet();
            }
        } catch (UncheckedIOException e) {
            // The API is dead, as this test wants it.
        }
    }

    /** Each of these jobs ends in SUCCESS, and its history names no more than one attempt that did. */
    private void allSucceedOnce(List<String> ids) {
        eventually(Duration.ofMinutes(3), () -> {
            Map<String, JsonNode> jobs = stack.jobs(tag);
            assertThat(jobs.keySet()).containsAll(ids);
            assertThat(ids).allMatch(id -> state(jobs.get(id)).equals("SUCCESS"));
        });
        for (String id : ids) {
            assertThat(stack.attempts(id))
                    .filteredOn(attempt -> attempt.path("outcome").asText().equals("success"))
                    .as("successful attempts of %s", id)
                    .hasSize(1);
        }
    }

    private static String state(@Nullable JsonNode job) {
        return job == null ? "missing" : job.path("state").asText();
    }
}
