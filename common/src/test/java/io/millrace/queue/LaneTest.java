package io.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {

    @Test
    void everyPriorityHasTheLaneOfTheDesign() {
        assertThat(IntStream.rangeClosed(0, 10).mapToObj(Lane::of))
                .containsExactly(
                        Lane.LOW,
                        Lane.LOW,
                        Lane.LOW,
                        Lane.NORMAL,
                        Lane.NORMAL,
                        Lane.NORMAL,
                        Lane.HIGH,
                        Lane.HIGH,
                        Lane.HIGH,
                        Lane.URGENT,
                        Lane.URGENT);
    }

    @Test
    void aLaneHasATopicOfItsOwn() {
        assertThat(Lane.URGENT.topic("jobs")).isEqualTo("millrace.jobs.urgent");
    }

    @Test
    void aPriorityOutOfBoundsIsRefused() {
        assertThatThrownBy(() -> Lane.of(11)).hasMessageContaining("11");
        assertThatThrownBy(() -> Lane.of(-1)).hasMessageContaining("-1");
    }
}
