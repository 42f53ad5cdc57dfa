package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.millrace.helm.Release.MadePod;
import org.junit.jupiter.api.Test;

/** Who brings the schema up to date. */
class MigrationTest {

    @Test
    void aJobMigratesBeforeAnythingElseAndServicesDoNot() {
        Release release = Scenario.of("minimal").release();
        Job job = release.one(Job.class, "acme-millrace-migration");
        MadePod pod = release.pod("acme-millrace-migration");

        assertThat(Hooks.of(job)).isEqualTo("pre-install,pre-upgrade");
        assertThat(Hooks.deletion(job)).isEqualTo("before-hook-creation,hook-succeeded");
        assertThat(job.getSpec().getBackoffLimit()).isPositive();
        assertThat(job.getSpec().getActiveDeadlineSeconds()).isPositive();
        assertThat(pod.container().getArgs()).containsExactly("migrate");
        assertThat(pod.container().getCommand())
                .as("in place of the image's entrypoint, which bounds the heap")
                .isEmpty();
        assertThat(pod.container().getImage())
                .isEqualTo(release.pod("acme-millrace-scheduler").container().getImage());
        assertThat(release.pods())
                .filteredOn(MadePod::serves)
                .allSatisfy(service -> assertThat(release.settings(service))
                        .containsEntry("millrace.database.migrate-at-start", "false"));
    }

    /** It listens on no address and shows nothing, so it needs no key; and Kafka may be away. */
    @Test
    void theJobIsGivenPostgresAndNothingElse() {
        MadePod pod = Scenario.of("minimal").release().pod("acme-millrace-migration");

        assertThat(pod.container().getEnv())
                .extracting(EnvVar::getName)
                .containsExactly(
                        "QUARKUS_DATASOURCE_REACTIVE_URL",
                        "QUARKUS_DATASOURCE_USERNAME",
                        "QUARKUS_DATASOURCE_PASSWORD",
                        "QUARKUS_CONFIG_LOCATIONS");
    }

    @Test
    void servicesMayMigrateThemselves() {
        Release release = Scenario.of("everything-by-secret").release();

        assertThat(release.all(Job.class)).isEmpty();
        assertThat(release.pods())
                .filteredOn(MadePod::serves)
                .allSatisfy(service -> assertThat(release.settings(service))
                        .containsEntry("millrace.database.migrate-at-start", "true"));
    }

    @Test
    void somebodyElseMayMigrate() {
        Release release = Scenario.of("least-protected").release();

        assertThat(release.all(Job.class)).isEmpty();
        assertThat(release.pods())
                .filteredOn(MadePod::serves)
                .allSatisfy(service -> assertThat(release.settings(service))
                        .containsEntry("millrace.database.migrate-at-start", "false"));
    }
}
