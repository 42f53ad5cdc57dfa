package io.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.QueueConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The queues and routes that services are shipped with are those of the five systems ({@code docs/seeds.md}). */
class ConfiguredRoutesTest {

    private final QueueConfig config = new SmallRyeConfigBuilder()
            .addPropertiesSources()
            .addDefaultInterceptors()
            .addDiscoveredConverters()
            .withMapping(QueueConfig.class)
            .withValidateUnknown(false)
            .build()
            .getConfigMapping(QueueConfig.class);

    private final Routing routing = new Routing(new HashMap<>(config.routes()));

    /** A1.14 to A1.17; A2.13; A3.11 to A3.13; A4.2 to A4.6: the priority is what a job gets that names none. */
    @Test
    void theQueuesAndTheirPrioritiesAreTheSeeds() {
        Map<String, Integer> priorities = config.queues().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, queue -> queue.getValue().priority().orElse(5)));

        assertThat(priorities)
                .containsEntry("default", 5)
                .containsEntry("jobs", 5)
                .containsEntry("polling", 3)
                .containsEntry("recovery", 10)
                .containsEntry("celery", 5)
                .containsEntry("high_priority", 9)
                .containsEntry("low_priority", 1)
                .containsEntry("cron", 5);
    }

    @ParameterizedTest
    @CsvSource({
        "submit_job, jobs", // A1.18
        "poll_job_status, polling", // A1.19
        "check_batch_completion, default", // A1.20
        "recovery_tasks.perform_recovery_check, recovery", // A1.21
        "detect_anomalies_task, celery", // A2.13
        "freshness_check_task, celery",
        "timeliness_check_task, celery",
        "address_lineage_closure_rebuild_task, celery",
        "pipeline_execution_closure_maintain_task, celery",
        "refresh_market_data, high_priority", // A3.11
        "compute_index, high_priority",
        "generate_report, low_priority", // A3.12
        "cleanup_old_data, low_priority",
        "anything_else, default", // A3.13
        "execute_high_priority_task, high_priority", // A4.6
        "execute_low_priority_task, low_priority",
        "nightly_cron_cleanup, cron",
        "process_audio_job, default"
    })
    void aTaskGoesWhereItsSystemSendsIt(String task, String queue) {
        assertThat(routing.queueOf(task)).isEqualTo(queue);
    }

    @Test
    void noRouteLeadsToAQueueThatIsNotThere() {
        assertThat(config.queues()).containsKeys(config.routes().values().toArray(String[]::new));
    }
}
