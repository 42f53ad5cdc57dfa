package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.millrace.helm.Release.MadePod;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may talk to whom. */
class NetworkPolicyTest {

    private static List<NetworkPolicy> policies(Release release, MadePod pod, String direction) {
        return release.all(NetworkPolicy.class).stream()
                .filter(policy -> policy.getSpec().getPolicyTypes().contains(direction))
                .filter(policy -> selects(policy.getSpec().getPodSelector(), pod))
                .toList();
    }

    private static boolean selects(LabelSelector selector, MadePod pod) {
        return pod.hasAll(selector.getMatchLabels())
                && selector.getMatchExpressions().stream().allMatch(expression -> holds(expression, pod));
    }

    private static boolean holds(LabelSelectorRequirement expression, MadePod pod) {
        boolean in = expression.getValues().contains(pod.labels().getOrDefault(expression.getKey(), ""));
        return switch (expression.getOperator()) {
            case "In" -> in;
            case "NotIn" -> !in;
            default -> throw new AssertionError(expression.getOperator());
        };
    }

    @ForEachScenario
    void everyPodIsHeldBothWays(Scenario scenario) {
        Release release = scenario.release();
        if (scenario.equals(Scenario.of("least-protected"))) {
            assertThat(release.all(NetworkPolicy.class)).isEmpty();
            return;
        }

        assertThat(release.pods()).allSatisfy(pod -> {
            assertThat(policies(release, pod, "Ingress")).hasSize(1);
            assertThat(policies(release, pod, "Egress")).isNotEmpty();
        });
    }

    @Test
    void onlyTheApiIsReachedUnlessSomebodyReadsMetrics() {
        Release release = Scenario.of("minimal").release();

        assertThat(release.pods())
                .filteredOn(pod -> policies(release, pod, "Ingress").stream()
                        .anyMatch(policy -> !policy.getSpec().getIngress().isEmpty()))
                .extracting(MadePod::component)
                .containsExactly("api");
    }

    private static Set<Integer> ports(Release release, MadePod pod) {
        return policies(release, pod, "Egress").stream()
                .flatMap(policy -> policy.getSpec().getEgress().stream())
                .map(NetworkPolicyEgressRule::getPorts)
                .flatMap(List::stream)
                .map(NetworkPolicyPort::getPort)
                .filter(port -> port.getIntVal() != null)
                .map(port -> port.getIntVal())
                .collect(Collectors.toSet());
    }

    @Test
    void portsAreThoseOfTheAddresses() {
        Release minimal = Scenario.of("minimal").release();
        Release restricted = Scenario.of("restricted").release();
        Release bySecret = Scenario.of("everything-by-secret").release();

        assertThat(ports(minimal, minimal.pod("acme-millrace-scheduler"))).containsOnly(53, 5432, 9092, 80, 443);
        assertThat(ports(minimal, minimal.pod("acme-millrace-migration"))).containsOnly(53, 5432);
        assertThat(ports(minimal, minimal.pod("acme-millrace-test"))).containsOnly(53);
        assertThat(ports(restricted, restricted.pod("acme-millrace-scheduler"))).containsOnly(53, 5432, 9093, 443);
        assertThat(ports(bySecret, bySecret.pod("a-release-with-a-very-long-name-xyz-scheduler")))
                .containsOnly(53, 6432, 9094, 80, 443);
    }

    /** Callbacks go where callers say; what is private, metadata of the cloud above all, is none of their business. */
    @ForEachScenario
    void privateAddressesAreOutOfReach(Scenario scenario) {
        assertThat(scenario.release().all(NetworkPolicy.class))
                .flatMap(policy -> policy.getSpec().getEgress())
                .flatMap(NetworkPolicyEgressRule::getTo)
                .filteredOn(peer ->
                        peer.getIpBlock() != null && peer.getIpBlock().getCidr().equals("0.0.0.0/0"))
                .allSatisfy(peer -> assertThat(peer.getIpBlock().getExcept())
                        .contains("169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"));
    }
}
