package io.millrace.worker.child;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageJsonTest {

    private static final JobError ERROR = new JobError("task_failed", "IOException", "no\nway", "at a\n\tat b");
    private static final Instant LATER = Instant.parse("2026-01-01T00:00:00.123456789Z");

    private final MessageJson json = new MessageJson();

    static Stream<Message> everyMessage() {
        return Stream.of(
                new Message.Ready(),
                new Message.Run(aJob().ofTask("demo.add")
                        .withArgs("{\"a\": \"ü\\n\"}")
                        .limited(0.5, 300.0)
                        .claimed()),
                new Message.Run(aJob().limited(null, null).claimed()),
                new Message.Begun(),
                new Message.Progress(1, 20, "half \"done\"", null),
                new Message.Progress(1, 20, "half", "the second step"),
                new Message.SoftLimit(new UUID(1, 2), 3),
                new Message.Ended(new Outcome.Succeeded("{\"a\": 1}")),
                new Message.Ended(new Outcome.Succeeded(null)),
                new Message.Ended(new Outcome.Failed(ERROR, false)),
                new Message.Ended(new Outcome.Failed(ERROR, true, LATER)),
                new Message.Ended(new Outcome.Snoozed(LATER)),
                new Message.Ended(new Outcome.Released("SOFT")),
                new Message.Ended(new Outcome.WorkerLost("w")),
                new Message.Ended(new Outcome.ChildLost("exit status 1")));
    }

    @ParameterizedTest
    @MethodSource("everyMessage")
    void aMessageArrivesAsItWasSentOnOneLine(Message message) throws Exception {
        String text = new String(json.write(message), StandardCharsets.UTF_8);

        assertThat(text).doesNotContain("\n");
        assertThat(json.read(text)).isEqualTo(message);
    }

    @Test
    void whatIsNoMessageIsRefused() {
        assertThatThrownBy(() -> json.read("{\"message\": \"obey\"}"))
                .isInstanceOf(JsonProcessingException.class)
                .hasMessageContaining("obey");
    }
}
