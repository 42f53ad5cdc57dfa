package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.millrace.helm.Release.MadePod;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the objects of a release hang together. */
class ReleaseTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, automountToken: false}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {nmae: a}}",
                "{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: a, enviroment: []}]}}}}",
                "{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{securityContext: {readOnlyRoot: true}}]}}}}",
                "{apiVersion: policy/v1, kind: PodDisruptionBudget, spec: {maxUnavialable: 1}}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {labels: {a: 1}}}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {labels: {a: true}}}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: 1e3}}",
                "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, spec: {minReplicas: 1}}",
                "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, spec: {endpoints: [{prot: http}]}}",
                "{apiVersion: kafka.strimzi.io/v1, kind: KafkaNodePool, spec: {role: [broker]}}",
                "{apiVersion: v1, kind: Service, metadata: {name: a, name: b}}",
                "{apiVersion: v2, kind: Service}",
            })
    void whatKubernetesDoesNotKnowIsAMistake(String yaml) {
        assertThatThrownBy(() -> StrictModel.parsed(yaml)).isNotInstanceOf(AssertionError.class);
    }

    @ForEachScenario
    void everyObjectIsSomethingThatKubernetesKnows(Scenario scenario) {
        assertThat(scenario.release().objects()).hasSizeGreaterThan(10);
    }

    @ForEachScenario
    void everyObjectSaysWhatItBelongsTo(Scenario scenario) {
        assertThat(scenario.release().objects()).allSatisfy(object -> {
            assertThat(object.getMetadata().getLabels())
                    .containsEntry("app.kubernetes.io/name", "millrace")
                    .containsEntry("app.kubernetes.io/instance", Chart.RELEASE)
                    .containsEntry("app.kubernetes.io/version", "0.1.0")
                    .containsEntry("app.kubernetes.io/part-of", "millrace")
                    .containsEntry("app.kubernetes.io/managed-by", "Helm")
                    .containsEntry("helm.sh/chart", "millrace-0.1.0");
            assertThat(object.getMetadata().getNamespace()).isNull();
        });
    }

    @ForEachScenario
    void namesFitAndAreGivenOnce(Scenario scenario) {
        assertThat(scenario.release().objects().stream()
                        .map(object ->
                                object.getKind() + "/" + object.getMetadata().getName()))
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name.substring(name.indexOf('/') + 1))
                        .matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?")
                        .hasSizeLessThanOrEqualTo(63));
        assertThat(scenario.release().pods())
                .allSatisfy(pod -> assertThat(pod.labels().values())
                        .allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(63)));
    }

    @ForEachScenario
    void everyDeploymentSelectsItsOwnPodsAndNoOthers(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.all(Deployment.class)).hasSizeGreaterThanOrEqualTo(3).allSatisfy(deployment -> {
            Map<String, String> selector = deployment.getSpec().getSelector().getMatchLabels();
            assertThat(release.pods())
                    .filteredOn(pod -> pod.hasAll(selector))
                    .extracting(MadePod::owner)
                    .containsExactly(deployment);
        });
    }

    /** A selector cannot be changed: an upgrade that does is refused by Kubernetes. */
    @ForEachScenario
    void whatSelectsNeverChanges(Scenario scenario) {
        assertThat(scenario.release().all(Deployment.class))
                .allSatisfy(deployment -> assertThat(
                                deployment.getSpec().getSelector().getMatchLabels())
                        .containsOnlyKeys(
                                deployment.getMetadata().getName().contains("-worker-")
                                        ? new String[] {
                                            "app.kubernetes.io/name",
                                            "app.kubernetes.io/instance",
                                            "app.kubernetes.io/component",
                                            "millrace.io/pool"
                                        }
                                        : new String[] {
                                            "app.kubernetes.io/name",
                                            "app.kubernetes.io/instance",
                                            "app.kubernetes.io/component"
                                        }));
    }

    @ForEachScenario
    void everyServiceLeadsToPodsThatHaveItsPort(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.all(Service.class))
                .isNotEmpty()
                .allSatisfy(service -> assertThat(release.pods())
                        .filteredOn(pod -> pod.hasAll(service.getSpec().getSelector()))
                        .isNotEmpty()
                        .allSatisfy(pod -> assertThat(pod.container().getPorts())
                                .anyMatch(port -> port.getName()
                                        .equals(service.getSpec()
                                                .getPorts()
                                                .getFirst()
                                                .getTargetPort()
                                                .getStrVal()))));
    }

    @ForEachScenario
    void everyDeploymentMayLoseAPodToADrainOfItsNode(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.all(Deployment.class))
                .allSatisfy(deployment -> assertThat(release.all(PodDisruptionBudget.class))
                        .filteredOn(
                                budget -> release.pod(deployment.getMetadata().getName())
                                        .hasAll(budget.getSpec().getSelector().getMatchLabels()))
                        .singleElement()
                        .satisfies(budget -> {
                            // What counts those that must stay blocks the drain of a single replica for ever.
                            assertThat(budget.getSpec().getMinAvailable()).isNull();
                            assertThat(budget.getSpec().getMaxUnavailable().toString())
                                    .doesNotContain("IntVal=0");
                            assertThat(budget.getSpec().getUnhealthyPodEvictionPolicy())
                                    .isEqualTo("AlwaysAllow");
                        }));
    }

    @ForEachScenario
    void nothingIsPutWhereItDoesNotExist(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.pods()).allSatisfy(pod -> {
            assertThat(release.one(ServiceAccount.class, pod.spec().getServiceAccountName())
                            .getAutomountServiceAccountToken())
                    .isFalse();
            assertThat(!pod.serves() || !release.settings(pod).isEmpty()).isTrue();
        });
    }

    /** Secrets are made by others: a reference is to one that the values name, and to no other. */
    @ForEachScenario
    void everySecretIsOneThatTheValuesName(Scenario scenario) {
        String values = Checkout.text(Scenario.MINIMAL)
                + Checkout.text(scenario.values())
                + Checkout.text(Checkout.CHART.resolve("values.yaml"));

        assertThat(scenario.release().pods())
                .flatMap(References::secrets)
                .allSatisfy(secret -> assertThat(values).containsPattern("[: ]\"?" + secret + "\"?[\\s,}]"));
    }

    @ForEachScenario
    void noSecretIsMadeOrShown(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.objects()).extracting(HasMetadata::getKind).doesNotContain("Secret");
        assertThat(release.pods()).flatMap(pod -> pod.container().getEnv()).allSatisfy(variable -> {
            if (variable.getName().matches(".*(PASSWORD|SECRETS?|TOKEN|JAAS_CONFIG|KEY|URL)")
                    && !variable.getName().equals("QUARKUS_DATASOURCE_REACTIVE_URL")) {
                assertThat(variable.getValue()).as(variable.getName()).isNull();
                assertThat(variable.getValueFrom().getSecretKeyRef()).isNotNull();
            }
        });
        assertThat(release.pods())
                .flatMap(pod -> release.settings(pod).keySet())
                .allSatisfy(
                        key -> assertThat(key).doesNotContainPattern("password|jaas|credentials$|token$|secrets?$"));
        assertThat(release.all(ConfigMap.class))
                .flatMap(map -> map.getData().values())
                .allSatisfy(text -> assertThat(text).doesNotContainPattern("(?i)password=|://[^/\\s]+:[^/\\s]+@"));
    }

    @ForEachScenario
    void everyHookCanBeRunAgain(Scenario scenario) {
        assertThat(scenario.release().objects())
                .filteredOn(Hooks::isOne)
                .isNotEmpty()
                .allSatisfy(object -> assertThat(Hooks.deletion(object)).contains("before-hook-creation"));
    }

    /** Helm forgets them: what is not deleted once it has succeeded is still there when the release is gone. */
    @ForEachScenario
    void nothingThatIsMadeBeforeAReleaseOutlivesIt(Scenario scenario) {
        assertThat(scenario.release().objects())
                .filteredOn(object -> Hooks.of(object).contains("pre-install"))
                .allSatisfy(object -> assertThat(Hooks.deletion(object)).contains("hook-succeeded"));
    }

    @Test
    void aReleaseMayBeCalledLikeANumberIfItsObjectsAreNot() {
        Release release = new Release(Chart.renderedAs(
                "2", Scenario.MINIMAL, Scenario.of("names-like-numbers").values()));

        assertThat(release.pods())
                .isNotEmpty()
                .allSatisfy(pod -> assertThat(pod.labels()).containsEntry("app.kubernetes.io/instance", "2"));
    }

    /** What runs before an installation finds nothing of the release but hooks that come before it. */
    @ForEachScenario
    void aHookBeforeAnInstallationNeedsOnlyWhatIsThere(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.pods())
                .filteredOn(pod -> Hooks.of(pod.owner()).contains("pre-install"))
                .allSatisfy(pod -> {
                    var account = release.one(ServiceAccount.class, pod.spec().getServiceAccountName());
                    assertThat(Hooks.weight(account)).isLessThan(Hooks.weight(pod.owner()));
                    assertThat(References.configMaps(pod).stream().filter(name -> name.contains("millrace-migration")))
                            .allSatisfy(name -> assertThat(Hooks.weight(release.one(ConfigMap.class, name)))
                                    .isLessThan(Hooks.weight(pod.owner())));
                });
    }

    @ForEachScenario
    void podsSpreadAmongTheirOwn(Scenario scenario) {
        assertThat(scenario.release().pods())
                .filteredOn(MadePod::serves)
                .allSatisfy(pod -> assertThat(pod.spec().getTopologySpreadConstraints())
                        .allSatisfy(constraint -> {
                            assertThat(pod.hasAll(constraint.getLabelSelector().getMatchLabels()))
                                    .isTrue();
                            assertThat(constraint.getLabelSelector().getMatchLabels())
                                    .containsAllEntriesOf(((Deployment) pod.owner())
                                            .getSpec()
                                            .getSelector()
                                            .getMatchLabels());
                        }));
    }

    @Test
    void everyRuleAndEveryDashboardIsInstalled() {
        Release release = Scenario.of("production").release();
        List<ConfigMap> dashboards = release.all(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getLabels().containsKey("grafana_dashboard"))
                .toList();

        assertThat(release.all(PrometheusRule.class).size() + dashboards.size())
                .isEqualTo(ChartFiles.of(Checkout.ROOT).copies().size());
    }

    @Test
    void everyAlertLeadsToItsRunbookWhereItIsServed() {
        Release release = Scenario.of("production").release();

        assertThat(release.all(PrometheusRule.class).stream()
                        .flatMap(rules -> rules.getSpec().getGroups().stream())
                        .flatMap(group -> group.getRules().stream())
                        .filter(rule -> rule.getAlert() != null))
                .isNotEmpty()
                .allSatisfy(alert -> assertThat(alert.getAnnotations().get("runbook_url"))
                        .isEqualTo("https://wiki.acme.example/millrace/docs/runbooks/" + alert.getAlert() + ".md"));
    }

    @Test
    void prometheusScrapesEveryPart() {
        Release release = Scenario.of("production").release();
        ServiceMonitor monitor = release.one(ServiceMonitor.class, "acme-millrace");

        assertThat(release.all(Service.class))
                .filteredOn(service -> service.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(
                                monitor.getSpec().getSelector().getMatchLabels().entrySet()))
                .flatMap(service -> release.pods().stream()
                        .filter(pod -> pod.hasAll(service.getSpec().getSelector()))
                        .map(MadePod::component)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("api", "scheduler", "worker");
        assertThat(monitor.getSpec().getEndpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.getPort()).isEqualTo("http");
            assertThat(endpoint.getPath()).isEqualTo("/q/metrics");
        });
    }
}
