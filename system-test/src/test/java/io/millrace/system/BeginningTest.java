package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.local.Component;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The services begin beside the start of their process: what is answered until then, and what becomes of one that cannot. */
@Tag("real")
@ExtendWith(StackExtension.class)
class BeginningTest {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String LONGER_THAN_A_START = "10s";
    private static final int STATUS_OF_TERM = 128 + 15;

    private final Stack stack;

    BeginningTest(Stack stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource(
            value = Component.class,
            names = {"API", "WORKER", "SCHEDULER"})
    void one_that_waits_for_PostgreSQL_lives_and_is_not_ready_and_ends_when_it_is_told_to(Component service)
            throws Exception {
        Process process = stack.waiting(service);

        eventually(SOON, () -> assertThat(stack.probe(process, "live")).isEqualTo(200));
        assertThat(stack.probe(process, "started")).isEqualTo(503);
        assertThat(stack.probe(process, "ready")).isEqualTo(503);

        process.destroy();

        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended")
                .isTrue();
        assertThat(process.exitValue()).isEqualTo(STATUS_OF_TERM);
        assertThat(stack.said(process)).contains("told to end while waiting for PostgreSQL");
    }

    @ParameterizedTest
    @EnumSource(
            value = Component.class,
            names = {"API", "WORKER", "SCHEDULER"})
    void one_that_cannot_begin_says_why_and_ends(Component service) throws Exception {
        Process process = stack.waiting(service, Map.of("MILLRACE_DATABASE_START_TIMEOUT", "1s"));

        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended")
                .isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(stack.said(process)).contains("cannot begin").contains("StoreUnavailable");
    }

    @Test
    void a_scheduler_with_a_schedule_that_nobody_can_read_says_which_and_ends() {
        Process scheduler = stack.ended(Component.SCHEDULER, Map.of("MILLRACE_SCHEDULES__NIGHTLY__TASK", "demo.noop"));

        assertThat(scheduler.exitValue()).isEqualTo(1);
        assertThat(stack.said(scheduler))
                .contains("this scheduler cannot begin")
                .contains("millrace.schedules.")
                .contains("it must have exactly one of cron, every and at");
    }

    @Test
    void an_API_that_waits_for_PostgreSQL_asks_to_come_again() throws Exception {
        Process api = stack.waiting(Component.API);
        eventually(SOON, () -> assertThat(stack.probe(api, "live")).isEqualTo(200));

        for (String path : new String[] {"/jobs", "/no-such-thing", "/tasks"}) {
            var answer = stack.get(stack.api(api, path));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("\"code\":\"store_unavailable\"").contains("starting");
        }
        assertThat(stack.post(stack.api(api, "/jobs"), "{\"task\":\"demo.add\",\"args\":{\"x\":1,\"y\":2}}")
                        .statusCode())
                .isEqualTo(503);
    }

    @Test
    void an_API_that_does_not_know_of_a_credential_listens_to_nobody_beyond_this_machine() throws Exception {
        Process api = stack.waiting(
                Component.API,
                Map.of("QUARKUS_HTTP_HOST", "0.0.0.0", "MILLRACE_DATABASE_START_TIMEOUT", LONGER_THAN_A_START));

        assertThat(api.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("it has ended")
                .isTrue();
        assertThat(api.exitValue()).isEqualTo(1);
        assertThat(stack.said(api)).contains("StoreUnavailable").doesNotContain("Listening on");
    }
}
