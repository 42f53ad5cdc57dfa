package io.millrace.worker.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelTest {

    private static final int LIMIT = 100;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<String> noise = new ArrayList<>();

    private Channel reading(String text) {
        var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return new Channel(in, sent, "mark", LIMIT, noise::add);
    }

    @Test
    void whatOthersPrintBetweenMessagesIsToldApart() throws Exception {
        try (var sender = reading("")) {
            sent.writeBytes("half a line".getBytes(StandardCharsets.UTF_8));
            sender.send(new Message.Begun());
            sent.writeBytes("{\"message\":\"ready\"}\nmark".getBytes(StandardCharsets.UTF_8));
            sender.send(new Message.Ready());
        }

        try (var reader = reading(sent.toString(StandardCharsets.UTF_8))) {
            assertThat(reader.receive()).isEqualTo(new Message.Begun());
            assertThat(reader.receive()).isEqualTo(new Message.Ready());
            assertThat(reader.receive()).isNull();
        }
        assertThat(noise).containsExactly("half a line", "{\"message\":\"ready\"}", "mark");
    }

    @Test
    void aMessageBeyondTheBoundIsNotSent() throws Exception {
        try (var channel = reading("")) {
            assertThatThrownBy(() -> channel.send(new Message.Progress(1, 2, "x".repeat(LIMIT), null)))
                    .isInstanceOf(MessageTooLong.class);
        }
        assertThat(sent.size()).isZero();
    }

    @Test
    void aLineBeyondTheBoundIsNotReadToItsEnd() throws Exception {
        try (var channel = reading("x".repeat(2 * LIMIT))) {
            assertThatThrownBy(channel::receive).isInstanceOf(IOException.class).hasMessageContaining("100");
        }
    }
}
