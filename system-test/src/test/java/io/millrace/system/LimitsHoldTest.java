package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.local.Component;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Limits hold over three workers together, and what waits for one holds nothing up. */
@Tag("real")
@ExtendWith(StackExtension.class)
class LimitsHoldTest {

    private static final Duration SOON = Duration.ofMinutes(2);

    private final Stack stack;
    private final String tag = "t" + UUID.randomUUID().toString().replace("-", "");

    LimitsHoldTest(Stack stack) {
        this.stack = stack;
    }

    private void submit(int count, String task, String args) {
        String job = "{\"task\": \"%s\", \"args\": %s, \"tags\": [\"%s\"], \"rate_key\": \"%s\"}"
                .formatted(task, args, tag, tag);
        String answer = stack.post("/jobs/bulk", "[" + String.join(",", Collections.nCopies(count, job)) + "]")
                .body();
        assertThat(stack.acceptedIds(answer)).hasSize(count);
    }

    /**
     * A limit on this test's key, in force at every worker: the others start after it is set, and the first one keeps to
     * one that was set later.
     */
    private void limit(String body, int workers) {
        stack.onlyOneOfEach();
        String probe = tag + "-probe";
        assertThat(stack.put("/limits/keys/" + tag, body).statusCode()).isEqualTo(200);
        assertThat(stack.put("/limits/keys/" + probe, "{\"rate_limit\": \"1/h\"}")
                        .statusCode())
                .isEqualTo(200);
        var probes = new ArrayList<String>();
        eventually(SOON, () -> {
            probes.add(accepted("{\"task\": \"demo.noop\", \"rate_key\": \"%s\"}".formatted(probe)));
            assertThat(probes).anyMatch(this::isThrottled);
        });
        // So that none of them waits any more.
        stack.put("/limits/keys/" + probe, "{\"rate_limit\": \"none\"}");
        for (int i = 1; i < workers; i++) {
            stack.another(Component.WORKER);
        }
    }

    private String accepted(String body) {
        HttpResponse<String> answer = stack.post("/jobs", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return stack.parse(answer.body()).path("job_id").asText();
    }

    private boolean isThrottled(String id) {
        return stack.get("/jobs/" + id + "/why")
                .path("because")
                .valueStream()
                .anyMatch(reason -> reason.path("code").asText().equals("throttled"));
    }

    @Test
    void three_workers_start_no_more_than_the_rate_in_any_second_and_free_jobs_pass_them_by() {
        limit("{\"rate_limit\": \"150/s\"}", 3);

        submit(1_500, "demo.noop", "{}");
        String free = accepted("{\"task\": \"demo.noop\"}");

        eventually(
                SOON, () -> assertThat(stack.job(free).path("state").asText()).isEqualTo("SUCCESS"));
        eventually(SOON, () -> assertThat(stack.states(tag)).isEqualTo(Map.of("SUCCESS", 1_500L)));
        List<Instant> starts = stack.jobs(tag).values().stream()
                .map(job -> Instant.parse(job.path("started_at").asText()))
                .sorted()
                .toList();
        for (int i = 150; i < starts.size(); i++) {
            assertThat(Duration.between(starts.get(i - 150), starts.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(999)); // the wire has milliseconds
        }
        assertThat(Instant.parse(stack.job(free).path("started_at").asText()))
                .as("the free one has not waited for those before it")
                .isBefore(starts.getLast());
        assertThat(stack.jobs(tag).values().stream()
                        .map(job -> job.path("worker").asText())
                        .distinct())
                .hasSizeGreaterThan(1);
    }

    @Test
    void no_more_run_at_a_time_than_the_concurrency_says() {
        limit("{\"max_concurrency\": 4}", 2);

        submit(40, "demo.sleep", "{\"seconds\": 0.25}");

        eventually(SOON, () -> assertThat(stack.states(tag)).isEqualTo(Map.of("SUCCESS", 40L)));
        assertThat(mostAtATime()).isEqualTo(4);
    }

    private int mostAtATime() {
        record Change(Instant at, int by) {}
        var changes = new ArrayList<Change>();
        stack.jobs(tag).values().forEach(job -> {
            changes.add(new Change(Instant.parse(job.path("started_at").asText()), 1));
            changes.add(new Change(Instant.parse(job.path("finished_at").asText()), -1));
        });
        // Where one ends as another starts, the end came first.
        changes.sort(java.util.Comparator.comparing(Change::at).thenComparingInt(Change::by));
        int running = 0;
        int most = 0;
        for (Change change : changes) {
            running += change.by();
            most = Math.max(most, running);
        }
        return most;
    }
}
