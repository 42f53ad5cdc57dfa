package io.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class HintTest {

    @Test
    void aHintIsReadAsItWasWritten() {
        var hint = new Hint(UUID.randomUUID(), 7, "jobs", 9, "trace-ä");

        assertThat(Hint.fromBytes("jobs", hint.toBytes())).isEqualTo(hint);
    }

    @Test
    void aHintWithoutTraceIsReadAsItWasWritten() {
        var hint = new Hint(UUID.randomUUID(), 0, "jobs", 0, null);

        assertThat(Hint.fromBytes("jobs", hint.toBytes())).isEqualTo(hint);
    }

    @Test
    void garbageIsNoHint() {
        assertThatThrownBy(() -> Hint.fromBytes("jobs", null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hint.fromBytes("jobs", new byte[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hint.fromBytes("jobs", new byte[40])).isInstanceOf(IllegalArgumentException.class);
    }
}
