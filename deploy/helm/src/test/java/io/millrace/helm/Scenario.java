package io.millrace.helm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Values somebody could have: the examples, and others that use what those do not. */
record Scenario(Path values) {

    static final Path MINIMAL = Checkout.EXAMPLES.resolve("values-minimal.yaml");

    private static final ConcurrentMap<Path, Release> RENDERED = new ConcurrentHashMap<>();

    static List<Scenario> all() {
        var all = new ArrayList<Scenario>();
        Checkout.filesBelow(Checkout.EXAMPLES).stream()
                .filter(file -> file.getFileName().toString().startsWith("values-"))
                .map(Scenario::new)
                .forEach(all::add);
        Checkout.filesBelow(Path.of("src/test/resources/scenarios")).stream()
                .map(Scenario::new)
                .forEach(all::add);
        return all;
    }

    static Scenario of(String name) {
        return all().stream()
                .filter(scenario -> scenario.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no scenario called " + name));
    }

    /** Rendered over the minimal values, which say what everybody must. */
    Release release() {
        return RENDERED.computeIfAbsent(values, file -> new Release(Chart.rendered(MINIMAL, file)));
    }

    @Override
    public String toString() {
        return values.getFileName().toString().replaceAll("^values-|\\.yaml$", "");
    }
}
