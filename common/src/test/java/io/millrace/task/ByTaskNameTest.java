package io.millrace.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ByTaskNameTest {

    @Test
    void theMostLettersAreHeardFirst() {
        var said = new ByTaskName<>(Map.of("*", 1, "demo.*", 2, "demo.echo", 3));

        assertThat(said.of("demo.echo")).containsExactly(3, 2, 1);
        assertThat(said.of("demo.add")).containsExactly(2, 1);
        assertThat(said.of("other")).containsExactly(1);
    }

    @Test
    void whatAnEnvironmentVariableSaysIsSaidOfNamesThatItCannotWrite() {
        var said = new ByTaskName<>(Map.of("execute.high.priority.task", 1));

        assertThat(said.of("execute_high_priority_task")).containsExactly(1);
        assertThat(said.of("execute-high.priority_task")).containsExactly(1);
        assertThat(said.of("executeXhigh_priority_task")).isEmpty();
    }

    @Test
    void aNameThatIsWrittenOutGoesBeforeOneThatIsOnlyLikeIt() {
        var said = new ByTaskName<>(Map.of("demo.echo", 1, "demo_echo", 2));

        assertThat(said.of("demo_echo")).containsExactly(2, 1);
        assertThat(said.of("demo.echo")).containsExactly(1);
    }
}
