package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StartPatienceTest {

    private final AtomicInteger asked = new AtomicInteger();

    private int answerAfter(int failures) {
        if (asked.getAndIncrement() < failures) {
            throw new StoreUnavailable("PostgreSQL did not answer within PT4S", new IllegalStateException());
        }
        return 7;
    }

    @Test
    void whatHasNoAnswerIsAskedAgain() {
        assertThat(patience(Duration.ofMinutes(1)).answerTo(() -> answerAfter(2)))
                .isEqualTo(7);
        assertThat(asked).hasValue(3);
    }

    @Test
    void afterTheLongestWaitTheStartEnds() {
        assertThatThrownBy(() -> patience(Duration.ZERO).untilDone(() -> answerAfter(1)))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining("PT4S");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aStartThatIsWrongIsNotTriedAgain() {
        assertThatThrownBy(() -> patience(Duration.ofMinutes(1)).untilDone(() -> {
                    asked.incrementAndGet();
                    throw new IllegalArgumentException("millrace.queues: 'no name'");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(asked).hasValue(1);
    }

    private static StartPatience patience(Duration longest) {
        return new StartPatience(longest);
    }
}
