package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.millrace.helm.Keda.ScaledObject;
import io.millrace.helm.Keda.TriggerAuthentication;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pools: what they are told, how they end, how they scale. */
class WorkersTest {

    /** What surrounds a drain: 5 s to stop receiving, 5 s to record, and 15 s that Kafka may take (docs/workers.md). */
    private static final int AROUND_A_DRAIN = 25;

    @ForEachScenario
    void aPoolMayDrainBeforeItIsKilled(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.pods())
                .filteredOn(pod -> pod.component().equals("worker"))
                .isNotEmpty()
                .allSatisfy(pod -> assertThat(pod.spec().getTerminationGracePeriodSeconds())
                        .isGreaterThan(
                                seconds(release.settings(pod).get("millrace.worker.drain-timeout")) + AROUND_A_DRAIN));
    }

    @ForEachScenario
    void theApiMayAnswerBeforeItIsKilled(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.pods())
                .filteredOn(pod -> pod.component().equals("api"))
                .singleElement()
                .satisfies(pod -> assertThat(pod.spec().getTerminationGracePeriodSeconds())
                        .isGreaterThan(pod.container()
                                        .getLifecycle()
                                        .getPreStop()
                                        .getSleep()
                                        .getSeconds()
                                + seconds(release.settings(pod).get("quarkus.shutdown.timeout"))));
    }

    private static long seconds(@org.jspecify.annotations.Nullable String duration) {
        return Long.parseLong(String.valueOf(duration).replace("s", ""));
    }

    @Test
    void aPoolIsToldWhatItIs() {
        Release release = Scenario.of("production").release();

        assertThat(release.settings(release.pod("acme-millrace-worker-isolated")))
                .containsEntry("millrace.worker.queues", "reports")
                .containsEntry("millrace.worker.concurrency", "4")
                .containsEntry("millrace.worker.drain-timeout", "60s")
                .containsEntry("millrace.worker.isolation.heap", "1G")
                .containsEntry("millrace.worker.isolation.max-children", "4")
                .containsEntry("millrace.worker.isolation.max-tasks-per-child", "50")
                .containsEntry("millrace.queues.reports.priority", "2");
    }

    @Test
    void aPoolThatNamesNoQueuesReceivesFromAll() {
        Release release = Scenario.of("minimal").release();

        assertThat(release.settings(release.pod("acme-millrace-worker-default")))
                .doesNotContainKey("millrace.worker.queues");
    }

    @ForEachScenario
    void nothingIsScaledByTwo(Scenario scenario) {
        Release release = scenario.release();

        List<String> scaled = Stream.concat(
                        release.all(HorizontalPodAutoscaler.class).stream()
                                .map(scaler ->
                                        scaler.getSpec().getScaleTargetRef().getName()),
                        release.all(ScaledObject.class).stream()
                                .map(scaler -> scaler.spec.scaleTargetRef().name()))
                .toList();

        assertThat(scaled)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(
                                release.one(Deployment.class, name).getSpec().getReplicas())
                        .as("replicas of %s, which an upgrade would set back", name)
                        .isNull());
        assertThat(release.all(Deployment.class))
                .filteredOn(
                        deployment -> !scaled.contains(deployment.getMetadata().getName()))
                .allSatisfy(deployment ->
                        assertThat(deployment.getSpec().getReplicas()).isPositive());
    }

    @Test
    void kedaLooksAtEveryQueueOfThePool() {
        Release release = Scenario.of("keda").release();
        ScaledObject scaler = release.one(ScaledObject.class, "acme-millrace-worker-burst");

        assertThat(scaler.spec.minReplicaCount()).isZero();
        assertThat(scaler.spec.maxReplicaCount()).isEqualTo(30);
        assertThat(scaler.spec.triggers()).allSatisfy(trigger -> {
            assertThat(trigger.type()).isEqualTo("metrics-api");
            assertThat(trigger.metadata())
                    .containsEntry("url", "http://acme-millrace-api.jobs.svc:8080/api/v1/queues/jobs")
                    .containsEntry("authMode", "bearer");
        });
        assertThat(scaler.spec.triggers())
                .extracting(
                        trigger -> trigger.metadata().get("valueLocation"),
                        trigger -> trigger.metadata().get("targetValue"))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("depth", "50"),
                        // A job that runs keeps its pod, also while nothing waits.
                        org.assertj.core.groups.Tuple.tuple("running", "10"),
                        org.assertj.core.groups.Tuple.tuple("oldest_age_seconds", "120"));
    }

    @Test
    void kedaShowsAKeyOfItsOwn() {
        Release release = Scenario.of("keda").release();
        TriggerAuthentication authentication = release.one(TriggerAuthentication.class, "acme-millrace-keda");

        assertThat(release.one(ScaledObject.class, "acme-millrace-worker-burst")
                        .spec
                        .triggers())
                .allSatisfy(trigger -> assertThat(trigger.authenticationRef().name())
                        .isEqualTo(authentication.getMetadata().getName()));
        assertThat(authentication.spec.secretTargetRef())
                .containsExactly(new Keda.SecretKey("token", "millrace-keda", "api-key"));
    }
}
