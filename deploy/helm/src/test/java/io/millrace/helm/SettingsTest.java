package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;

/** What pods are told are settings that somebody reads: those of the reference, of Quarkus, and of Kafka's clients. */
class SettingsTest {

    /** Quarkus' own, which the reference does not explain. */
    private static final Set<String> QUARKUS =
            Set.of("quarkus.config.locations", "quarkus.shutdown.timeout", "config_ordinal");

    /** What the test pod's script reads. */
    private static final Set<String> OF_THE_TEST = Set.of("API", "KEY");

    private static final Pattern KEY = Pattern.compile("`((?:millrace|quarkus|kafka)\\.[^`*]+)`");
    private static final Pattern PLACEHOLDER = Pattern.compile("\"?<[a-z]+>\"?");

    private static final List<String> KNOWN = KEY.matcher(Checkout.text(Checkout.ROOT.resolve("docs/configuration.md")))
            .results()
            .map(key -> key.group(1))
            .toList();

    private static boolean isKnown(String key) {
        return QUARKUS.contains(key)
                || KNOWN.stream().anyMatch(known -> matches(known, key, ".+"))
                || (key.startsWith("kafka.")
                        && AdminClientConfig.configNames().contains(key.substring("kafka.".length())));
    }

    private static boolean matches(String known, String key, String name) {
        var form = new StringBuilder();
        int from = 0;
        var placeholder = PLACEHOLDER.matcher(known);
        while (placeholder.find()) {
            form.append(Pattern.quote(known.substring(from, placeholder.start())))
                    .append(name);
            from = placeholder.end();
        }
        return key.matches(form.append(Pattern.quote(known.substring(from))).toString());
    }

    @ForEachScenario
    void everySettingIsOneThatThereIs(Scenario scenario) {
        Release release = scenario.release();

        assertThat(release.pods())
                .flatMap(pod -> release.settings(pod).keySet())
                .isNotEmpty()
                .filteredOn(key -> !isKnown(key))
                .isEmpty();
    }

    @ForEachScenario
    void everyVariableIsASettingThatThereIs(Scenario scenario) {
        assertThat(scenario.release().pods())
                .flatMap(pod -> pod.container().getEnv())
                .extracting(EnvVar::getName)
                .isNotEmpty()
                .filteredOn(name -> !OF_THE_TEST.contains(name) && !isVariable(name))
                .isEmpty();
    }

    /** Twice in one container is once too often for the API server. */
    @ForEachScenario
    void everyVariableIsThereOnce(Scenario scenario) {
        assertThat(scenario.release().pods())
                .allSatisfy(pod -> assertThat(pod.container().getEnv())
                        .extracting(EnvVar::getName)
                        .doesNotHaveDuplicates());
    }

    @Test
    void aVariableOfAPoolStandsAboveThatOfAllPoolsAndThatAboveTheOneOfAllServices() {
        Release release = Scenario.of("names-like-numbers").release();

        assertThat(List.of("null-api", "null-worker-null", "null-worker-true"))
                .extracting(name -> release.pod(name).container().getEnv().stream()
                        .filter(variable -> variable.getName().equals("KAFKA_RETRIES"))
                        .map(EnvVar::getValue)
                        .findFirst()
                        .orElse("none"))
                .containsExactly("1", "2", "3");
    }

    private static boolean isVariable(String name) {
        return QUARKUS.stream().anyMatch(key -> variable(key).equals(name))
                || KNOWN.stream().anyMatch(key -> matches(placeholdersKept(key), name, "\\w+"))
                || (name.startsWith("KAFKA_")
                        && AdminClientConfig.configNames().stream()
                                .anyMatch(key -> variable("kafka." + key).equals(name)));
    }

    private static String placeholdersKept(String key) {
        return String.join(
                "<name>",
                Pattern.compile(PLACEHOLDER.pattern())
                        .splitAsStream(key)
                        .map(SettingsTest::variable)
                        .toList());
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
