package io.millrace.pack;

import static io.millrace.pack.ScriptedTask.script;
import static io.millrace.testkit.JobAssert.assertThat;

import io.millrace.testkit.TestEngine;
import io.millrace.testkit.TestJob;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptedTaskTest {

    private final TestEngine engine = TestEngine.with(ScriptedTask.class);

    private TestJob submit(String... lines) {
        return engine.submit(ScriptedTask.NAME, script(lines));
    }

    @Test
    void eachRunTakesTheNextLineAndTheLastIsRepeated() {
        var job = engine.finish(submit("fail IOException", "snooze 5s", "fail Flaky", "succeed with 42"));

        assertThat(job)
                .succeededWith("42")
                .waitedBetweenRuns(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(2));
        assertThat(engine.finish(submit("fail Flaky"))).failedWith("Flaky").hasRun(4);
    }

    @Test
    void aFailureForGoodIsTheLast() {
        assertThat(engine.finish(submit("fail for good")))
                .failedWith("PermanentFailure")
                .hasRun(1);
    }

    @Test
    void aRetryComesWhenTheScriptSays() {
        var job = submit("retry after 7m", "progress 1/2, checkpoint, succeed");

        engine.runUntilIdle();
        assertThat(job).retriesIn(Duration.ofMinutes(7));

        engine.finish(job);
        assertThat(job).succeeded().reported(1, 2, "as the script says");
    }

    @Test
    void whatNoScriptSaysFails() {
        assertThat(engine.finish(submit("suceed"))).failedWith("PermanentFailure");
    }
}
