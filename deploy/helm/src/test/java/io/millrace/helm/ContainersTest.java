package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.millrace.helm.Release.MadePod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What every pod and container must be, so that the restricted Pod Security Standard admits it and nodes can bear it. */
class ContainersTest {

    @ForEachScenario
    void everyPodIsRestricted(Scenario scenario) {
        assertThat(scenario.release().pods()).isNotEmpty().allSatisfy(pod -> {
            PodSpec spec = pod.spec();
            assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(spec.getSecurityContext().getRunAsUser()).isNotIn(0L);
            assertThat(spec.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(spec.getHostNetwork()).isNull();
            assertThat(spec.getHostPID()).isNull();
            assertThat(spec.getHostIPC()).isNull();
            assertThat(spec.getVolumes()).allMatch(volume -> volume.getHostPath() == null);
        });
    }

    @ForEachScenario
    void everyContainerIsRestricted(Scenario scenario) {
        assertThat(scenario.release().pods()).allSatisfy(pod -> {
            assertThat(pod.spec().getInitContainers()).isEmpty();
            assertThat(pod.spec().getContainers()).hasSize(1);
            var security = pod.container().getSecurityContext();
            assertThat(security.getAllowPrivilegeEscalation()).isFalse();
            assertThat(security.getReadOnlyRootFilesystem()).isTrue();
            assertThat(security.getPrivileged()).isNull();
            assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(security.getCapabilities().getAdd()).isEmpty();
        });
    }

    @ForEachScenario
    void aReadOnlyContainerHasSomewhereToWrite(Scenario scenario) {
        assertThat(scenario.release().pods())
                .allSatisfy(pod -> assertThat(pod.container().getVolumeMounts())
                        .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                        .singleElement()
                        .satisfies(mount -> {
                            assertThat(mount.getMountPath()).isEqualTo("/tmp");
                            assertThat(pod.spec().getVolumes())
                                    .filteredOn(volume -> volume.getName().equals(mount.getName()))
                                    .singleElement()
                                    .satisfies(volume -> assertThat(
                                                    volume.getEmptyDir().getSizeLimit())
                                            .isNotNull());
                        }));
    }

    @ForEachScenario
    void everyMountHasItsVolume(Scenario scenario) {
        assertThat(scenario.release().pods()).allSatisfy(pod -> {
            Set<String> volumes = pod.spec().getVolumes().stream()
                    .map(volume -> volume.getName())
                    .collect(Collectors.toSet());
            assertThat(pod.container().getVolumeMounts().stream().map(VolumeMount::getName))
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(volumes);
        });
    }

    @ForEachScenario
    void nobodyHasATokenOfKubernetes(Scenario scenario) {
        assertThat(scenario.release().pods()).allSatisfy(pod -> {
            assertThat(pod.spec().getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.spec().getServiceAccountName()).isNotBlank().isNotEqualTo("default");
        });
    }

    /** Kubernetes would tell every pod of a Service as MILLRACE_API_PORT, which reads like a setting of ours. */
    @ForEachScenario
    void nobodyIsToldOfServicesByVariables(Scenario scenario) {
        assertThat(scenario.release().pods())
                .allSatisfy(
                        pod -> assertThat(pod.spec().getEnableServiceLinks()).isFalse());
    }

    @ForEachScenario
    void everyContainerSaysWhatItNeeds(Scenario scenario) {
        assertThat(scenario.release().pods()).allSatisfy(pod -> {
            var resources = pod.container().getResources();
            assertThat(resources.getRequests()).containsKey("memory");
            assertThat(resources.getLimits()).containsKey("memory");
        });
    }

    @ForEachScenario
    void everyServiceIsProbedOnItsPort(Scenario scenario) {
        assertThat(scenario.release().pods())
                .filteredOn(MadePod::serves)
                .isNotEmpty()
                .allSatisfy(pod -> {
                    Container container = pod.container();
                    assertThat(container.getPorts()).singleElement().satisfies(port -> {
                        assertThat(port.getName()).isEqualTo("http");
                        assertThat(port.getContainerPort()).isEqualTo(8080);
                    });
                    assertThat(scenario.release().settings(pod))
                            .containsEntry("quarkus.http.port", "8080")
                            .containsEntry("quarkus.http.host", "0.0.0.0");
                    assertProbe(container.getStartupProbe(), "/q/health/started");
                    assertProbe(container.getReadinessProbe(), "/q/health/ready");
                    assertProbe(container.getLivenessProbe(), "/q/health/live");
                });
    }

    private static void assertProbe(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
        assertThat(probe.getTimeoutSeconds()).isLessThanOrEqualTo(probe.getPeriodSeconds());
    }

    /** A service waits for PostgreSQL for a minute (millrace.database.start-timeout); being killed before would hide why. */
    @ForEachScenario
    void aServiceIsGivenTheTimeToStart(Scenario scenario) {
        assertThat(scenario.release().pods()).filteredOn(MadePod::serves).allSatisfy(pod -> {
            Probe startup = pod.container().getStartupProbe();
            assertThat(startup.getPeriodSeconds() * startup.getFailureThreshold())
                    .isGreaterThan(60);
        });
    }

    @ForEachScenario
    void everyImageIsPinned(Scenario scenario) {
        assertThat(scenario.release().pods())
                .allSatisfy(pod -> assertThat(pod.container().getImage())
                        .matches("[a-z0-9][a-z0-9./_:-]*:[A-Za-z0-9_.-]+(@sha256:[a-f0-9]{64})?")
                        .doesNotContain(":latest"));
    }

    @Test
    void anImageIsNamedByRegistryTagAndDigest() {
        Release release = Scenario.of("production").release();

        assertThat(release.pod("acme-millrace-api").container().getImage())
                .isEqualTo("registry.example.org/jobs/millrace/api-service:0.1.0@sha256:" + "0".repeat(63) + "1");
        assertThat(release.pod("acme-millrace-worker-fast").spec().getImagePullSecrets())
                .extracting(secret -> secret.getName())
                .containsExactly("registry");
    }

    @Test
    void aPoolMayHaveAnImageOfItsOwn() {
        Release release = Scenario.of("everything-by-secret").release();

        assertThat(release.pods())
                .filteredOn(pod -> pod.component().equals("worker"))
                .extracting(pod -> pod.container().getImage())
                .containsExactlyInAnyOrder(
                        "ghcr.io/acme/own/worker:2.3@sha256:" + "0".repeat(62) + "aa", "millrace/worker-service:0.1.0");
    }

    @Test
    void thePlatformMayChooseTheUser() {
        assertThat(Scenario.of("restricted").release().pods()).allSatisfy(pod -> {
            assertThat(pod.spec().getSecurityContext().getRunAsUser()).isNull();
            assertThat(pod.spec().getSecurityContext().getRunAsGroup()).isNull();
        });
    }

    @ForEachScenario
    void noVariableIsGivenTwice(Scenario scenario) {
        assertThat(scenario.release().pods())
                .allSatisfy(pod -> assertThat(pod.container().getEnv().stream().map(EnvVar::getName))
                        .doesNotHaveDuplicates());
    }

    @Test
    void aChangeOfSettingsRestartsThoseItIsFor() {
        String before = "workers: [%s, %s]".formatted(pool("a", "1s"), pool("b", "1s"));
        String after = "workers: [%s, %s]".formatted(pool("a", "1s"), pool("b", "2s"));

        Map<String, String> old = checksums(before);
        Map<String, String> now = checksums(after);

        List<String> changed = now.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(old.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(changed).containsExactly("Deployment acme-millrace-worker-b");
    }

    private static String pool(String name, String holdTime) {
        return "{name: %s, concurrency: 1, resources: {requests: {memory: 1Gi}, limits: {memory: 1Gi}}, config: {millrace.worker.hold-time: %s}}"
                .formatted(name, holdTime);
    }

    private static Map<String, String> checksums(String yaml) {
        return new Release(Chart.rendered(yaml, Scenario.MINIMAL))
                .pods().stream()
                        .filter(MadePod::serves)
                        .collect(Collectors.toMap(
                                MadePod::toString,
                                pod -> pod.annotations().getOrDefault("millrace.io/config-checksum", "")));
    }
}
