package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A queue that is badly off, watched by three schedulers. */
@Tag("real")
@ExtendWith(StackExtension.class)
class AlertsTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String QUEUE = "/queues/low_priority";

    private final Stack stack;

    AlertsTest(Stack stack) {
        this.stack = stack;
    }

    @AfterEach
    void goOn() {
        stack.post(QUEUE + "/resume", "");
    }

    private List<String> told() {
        return stack.get("/alerts?limit=500&queue=low_priority")
                .path("alerts")
                .valueStream()
                .filter(alert -> alert.path("kind").asText().equals("backlog"))
                .map(AlertsTest::words)
                .toList()
                .reversed();
    }

    private static String words(JsonNode alert) {
        return alert.path("event").asText() + " " + alert.path("severity").asText();
    }

    private String level() {
        return stack.get(QUEUE).path("alert_level").asText();
    }

    @Test
    void three_schedulers_tell_of_a_backlog_once_and_once_of_its_end() {
        Process one = stack.another(Component.SCHEDULER);
        stack.another(Component.SCHEDULER);
        stack.post(QUEUE + "/pause", "");
        String job = "{\"task\": \"demo.noop\", \"queue\": \"low_priority\"}";
        stack.post("/jobs/bulk", "[" + String.join(",", Collections.nCopies(120, job)) + "]");

        eventually(SOON, () -> assertThat(level()).isEqualTo("CRITICAL"));
        assertThat(told()).containsExactly("raised CRITICAL");
        eventually(
                SOON,
                () -> assertThat(stack.get("/alerts?active=true&queue=low_priority")
                                .at("/alerts/0/deliveries/0/state")
                                .asText())
                        .isEqualTo("delivered"));

        one.destroyForcibly();
        stack.post(QUEUE + "/resume", "");

        eventually(SOON, () -> assertThat(level()).isEqualTo("NONE"));
        assertThat(told()).containsExactly("raised CRITICAL", "cleared CRITICAL");
    }
}
