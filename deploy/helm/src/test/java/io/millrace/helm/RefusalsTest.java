package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong values are refused before anything is changed, and the message names what is wrong. Read from wrong-values.txt. */
class RefusalsTest {

    private static final Pattern CASE = Pattern.compile("(.+?)\\s+→\\s+(.+)");

    record Wrong(String values, String message) {}

    static List<Wrong> wrong() {
        return Stream.of(Checkout.text(java.nio.file.Path.of("src/test/resources/wrong-values.txt"))
                        .split("\n"))
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> {
                    var matched = CASE.matcher(line);
                    assertThat(matched.matches()).as(line).isTrue();
                    return new Wrong(matched.group(1).replace("POOL", pool()), matched.group(2));
                })
                .toList();
    }

    /** What a pool needs besides what is wrong with it. */
    private static String pool() {
        return "name: p, concurrency: 1, resources: {requests: {cpu: 1, memory: 1Gi}, limits: {memory: 1Gi}}";
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongValueIsRefused(Wrong wrong) {
        assertThat(Chart.refusal(wrong.values(), Scenario.MINIMAL)).contains(wrong.message());
    }

    /** Helm takes them; Services do not. */
    @ParameterizedTest
    @ValueSource(strings = {"2", "a.b"})
    void aNameThatServicesCannotHaveIsRefused(String release) {
        assertThat(Chart.refusalOfName(release, Scenario.MINIMAL))
                .contains("the release's name, " + release + ", ends up in names of Services");
    }
}
