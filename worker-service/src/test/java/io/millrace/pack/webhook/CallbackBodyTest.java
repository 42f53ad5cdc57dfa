package io.millrace.pack.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.Batch;
import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchStatus;
import io.millrace.batch.OnParentFailure;
import io.millrace.callback.Callback;
import io.millrace.callback.CallbackStatus;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallbackBodyTest {

    private static final UUID ID = UUID.fromString("018f0000-0000-7000-8000-000000000001");
    private static final Instant ENDED = Instant.parse("2026-01-31T12:00:00.123456Z");
    private static final Instant LATER = ENDED.plusSeconds(60);
    private static final String ERROR =
            "{\"code\": \"task_failed\", \"exc_type\": \"IOException\", \"exc_message\": \"no\", \"traceback\": \"at secret\"}";

    private final CallbackBody bodies = new CallbackBody(20, "https://api.example", Set.of("llm_call"));

    private static Callback of(String event) {
        boolean batch = event.startsWith("batch.");
        return new Callback(
                UUID.randomUUID(),
                batch ? null : ID,
                batch ? ID : null,
                event,
                ENDED,
                "https://example.org/",
                null,
                UUID.randomUUID(),
                CallbackStatus.PENDING,
                0,
                null,
                null,
                null,
                null,
                null);
    }

    private static Job job(String task, JobState state, @Nullable String result, @Nullable String error) {
        return new Job(
                ID,
                task,
                "default",
                5,
                state,
                2,
                0,
                0,
                3,
                "{\"password\": \"of the user\"}",
                result,
                error,
                null,
                "w1",
                "trace",
                "p",
                null,
                null,
                null,
                List.of("a"),
                "https://example.org/",
                ENDED.minusSeconds(5),
                null,
                null,
                ENDED.minusSeconds(2),
                ENDED,
                null,
                3600,
                null,
                null);
    }

    private JsonObject said(Callback callback, @Nullable Job job) {
        return new JsonObject(bodies.ofJob(callback, job, LATER));
    }

    @Test
    void aSuccessTellsItsResultAndNoArguments() {
        String text = bodies.ofJob(of("job.succeeded"), job("t", JobState.SUCCESS, "{\"sum\": 1.10}", null), LATER);

        assertThat(text).doesNotContain("password").contains("{\"sum\": 1.10}");
        var body = new JsonObject(text);
        assertThat(body.getString("type")).isEqualTo("job.succeeded");
        assertThat(body.getString("timestamp")).isEqualTo("2026-01-31T12:00:00.123456Z");
        assertThat(body.getBoolean("success")).isTrue();
        assertThat(body.getJsonObject("data").getMap())
                .containsEntry("job_id", ID.toString())
                .containsEntry("task", "t")
                .containsEntry("state", "SUCCESS")
                .containsEntry("attempt", 2)
                .containsEntry("project_id", "p")
                .containsEntry("trace_id", "trace");
    }

    @Test
    void aFailureTellsWhyWithoutItsStackTrace() {
        var body = said(of("job.failed"), job("t", JobState.FAILURE, null, ERROR));

        assertThat(body.getBoolean("success")).isFalse();
        assertThat(body.getJsonObject("data").getJsonObject("error").getMap())
                .containsEntry("exc_type", "IOException")
                .containsEntry("exc_message", "no")
                .doesNotContainKey("traceback");
    }

    @Test
    void aResultBeyondTheBoundIsNamedByItsAddress() {
        var data = said(of("job.succeeded"), job("t", JobState.SUCCESS, "\"12345678901234567890\"", null))
                .getJsonObject("data");
        var umlauts = said(of("job.succeeded"), job("t", JobState.SUCCESS, "\"äääääääääää\"", null))
                .getJsonObject("data");

        assertThat(data.getString("result_url")).isEqualTo("https://api.example/api/v1/jobs/" + ID + "/result");
        assertThat(data.containsKey("result")).isFalse();
        assertThat(umlauts.containsKey("result"))
                .as("bytes count, not characters")
                .isFalse();
    }

    @Test
    void aResultThatIsNoLongerKeptIsNotTold() {
        String text = bodies.ofJob(of("job.succeeded"), job("t", JobState.SUCCESS, "1", null), ENDED.plusSeconds(3601));

        assertThat(new JsonObject(text).getJsonObject("data").containsKey("result"))
                .isFalse();
    }

    @Test
    void aJobThatHasRunAgainSinceIsToldOfAsItEndedThen() {
        var callback = of("job.failed");
        var now = job("t", JobState.SUCCESS, "1", null);
        var other = new Callback(
                callback.id(),
                ID,
                null,
                "job.failed",
                ENDED.minusSeconds(30),
                callback.url(),
                null,
                callback.deliveryId(),
                CallbackStatus.PENDING,
                0,
                null,
                null,
                null,
                null,
                null);

        var data = said(other, now).getJsonObject("data");

        assertThat(data.getString("state")).isEqualTo("FAILURE");
        assertThat(data.containsKey("result")).isFalse();
        assertThat(data.containsKey("error")).isFalse();
        assertThat(data.getString("finished_at"))
                .isEqualTo(ENDED.minusSeconds(30).toString());
    }

    @Test
    void aJobThatIsNoLongerKeptIsStillToldOf() {
        assertThat(said(of("job.revoked"), null).getJsonObject("data").getMap())
                .containsEntry("job_id", ID.toString())
                .containsEntry("state", "REVOKED");
    }

    @Test
    void someTasksTellTheBareResult() {
        var good = said(of("job.succeeded"), job("llm_call", JobState.SUCCESS, "{\"response\": 1}", null));
        var bad = said(of("job.failed"), job("llm_call", JobState.FAILURE, null, ERROR));

        assertThat(good.getBoolean("success")).isTrue();
        assertThat(good.getJsonObject("data").getMap()).containsOnlyKeys("response");
        assertThat(good.getString("job_id")).isEqualTo(ID.toString());
        assertThat(bad.getBoolean("success")).isFalse();
        assertThat(bad.getJsonObject("error").getString("exc_message")).isEqualTo("no");
    }

    @Test
    void aBatchTellsItsCounts() {
        var batch = new Batch(
                ID,
                "nightly",
                BatchStatus.MIXED,
                new BatchCounts(3, 2, 1, 0),
                OnParentFailure.CANCEL,
                "https://example.org/",
                null,
                ENDED.minusSeconds(9),
                null,
                ENDED);

        var body = new JsonObject(bodies.ofBatch(of("batch.mixed"), batch));

        assertThat(body.getBoolean("success")).isFalse();
        assertThat(body.getJsonObject("data").getString("status")).isEqualTo("MIXED");
        assertThat(body.getJsonObject("data").getString("name")).isEqualTo("nightly");
        assertThat(body.getJsonObject("data").getJsonObject("counts").getMap())
                .containsEntry("total", 3)
                .containsEntry("completed", 2)
                .containsEntry("failed", 1);
    }
}
