package io.millrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ProducerAheadTest {

    private static final Map<String, Object> WRONG =
            Map.of("bootstrap.servers", "127.0.0.1:1", "security.protocol", "NONE_THERE_IS");

    @Test
    void who_asks_for_one_that_cannot_be_made_is_told_why() {
        var producer = ProducerAhead.with(WRONG);

        assertThatThrownBy(producer::get)
                .isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(KafkaException.class)
                .hasStackTraceContaining("NONE_THERE_IS");
    }

    @Test
    void one_that_cannot_be_made_is_closed_in_silence() {
        var producer = ProducerAhead.with(WRONG);

        assertThatCode(() -> producer.close(Duration.ofSeconds(1))).doesNotThrowAnyException();
    }

    @Test
    void it_is_closed_with_its_owner() {
        var made = new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

        ProducerAhead.of(made).close(Duration.ofSeconds(1));

        assertThat(made.closed()).isTrue();
    }
}
