package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

    private final Environment environment = new Environment(List.of(
            "millrace.worker.concurrency",
            "millrace.worker.queues",
            "millrace.worker.drain-timeout",
            "millrace.queues.<name>.priority",
            "millrace.routes.\"<pattern>\""));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MILLRACE_WORKER_CONCURRENCY",
                "MILLRACE_WORKER_DRAIN_TIMEOUT",
                "MILLRACE_WORKER_QUEUES_0_",
                "MILLRACE_QUEUES_JOBS_PRIORITY",
                "MILLRACE_QUEUES__MY_QUEUE__PRIORITY",
                "MILLRACE_ROUTES__SUBMIT_JOB_",
                "MILLRACE_ROUTES_SUBMIT"
            })
    void aSettingIsKnown(String variable) {
        assertThat(environment.unknownAmong(List.of(variable))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MILLRACE_HOME",
                "MILLRACE_API_PORT",
                "MILLRACE_SERVICE_HOST",
                "MILLRACE_API_SERVICE_PORT_HTTP",
                "MILLRACE_API_PORT_8080_TCP_ADDR",
                "PATH"
            })
    void whatIsMeantForOthersIsLeftAlone(String variable) {
        assertThat(environment.unknownAmong(List.of(variable))).isEmpty();
    }

    @Test
    void aMistypedSettingIsToldWithWhatWasMeant() {
        assertThat(environment.unknownAmong(List.of("MILLRACE_WORKER_CONCURENCY")))
                .hasToString("[MILLRACE_WORKER_CONCURENCY is no setting; did you mean MILLRACE_WORKER_CONCURRENCY?]");
        assertThat(environment.unknownAmong(List.of("MILLRACE_WORKER_DRAINTIMEOUT")))
                .singleElement()
                .satisfies(unknown -> assertThat(unknown.nearest()).hasValue("MILLRACE_WORKER_DRAIN_TIMEOUT"));
    }

    @Test
    void whatIsLikeNothingIsToldAlone() {
        assertThat(environment.unknownAmong(List.of("MILLRACE_RETENTION")))
                .hasToString("[MILLRACE_RETENTION is no setting]");
    }

    @Test
    void everyKnownKeyOfTheServicesIsFoundByItsOwnName() {
        assertThat(KnownKeys.ALL).contains("millrace.worker.concurrency", "millrace.scheduler.lease");
    }
}
