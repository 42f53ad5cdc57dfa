package io.millrace.worker.run;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobContextTest {

    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private final List<JsonObject> written = new ArrayList<>();
    private final RunContext context = new JobContext(
            new RunningJob(aJob().claimed(), Instant.EPOCH), (_, text, _) -> written.add(new JsonObject(text)), CLOCK);

    @Test
    void progressTellsTheStepWhereTheRunNamesOne() {
        context.progress(75, 100, "Processing anomaly detection...", "Calculating z-scores");
        context.progress(2, 2, "done");

        assertThat(written)
                .containsExactly(
                        new JsonObject("""
                                {"current": 75, "total": 100, "percent": 75.0, "status": "Processing anomaly detection...",
                                 "current_step": "Calculating z-scores"}
                                """),
                        new JsonObject("{\"current\": 2, \"total\": 2, \"percent\": 100.0, \"status\": \"done\"}"));
    }
}
