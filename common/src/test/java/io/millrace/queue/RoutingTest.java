package io.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutingTest {

    private final Routing routing = new Routing(Map.of(
            "submit_job",
            "jobs",
            "recovery_tasks.*",
            "recovery",
            "*_cron_*",
            "cron",
            "*",
            "default",
            "*_cron_nightly",
            "night"));

    @Test
    void aTaskGoesWhereItsNameIsNamed() {
        assertThat(routing.queueOf("submit_job")).isEqualTo("jobs");
        assertThat(routing.queueOf("recovery_tasks.perform_recovery_check")).isEqualTo("recovery");
        assertThat(routing.queueOf("my_cron_task")).isEqualTo("cron");
    }

    @Test
    void theMostSpecificPatternWins() {
        assertThat(routing.queueOf("my_cron_nightly")).isEqualTo("night");
    }

    @Test
    void whatNoOtherPatternNamesGoesToTheDefault() {
        assertThat(routing.queueOf("submit_job2")).isEqualTo("default");
        assertThat(routing.queueOf("recovery_tasksX")).isEqualTo("default");
    }

    @Test
    void aRoutingWithoutADefaultIsRefused() {
        assertThatThrownBy(() -> new Routing(Map.of("a", "b"))).hasMessageContaining("'*'");
    }
}
