package io.millrace.local;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** The builds of a service that can be started. */
public enum Kind {
    JVM,
    NATIVE;

    /** The environment variable that chooses. */
    static final String VARIABLE = "MILLRACE_KIND";

    /** @throws LocalFailure if it names another */
    static Kind of(Map<String, String> environment) {
        String name = environment.getOrDefault(VARIABLE, "").strip();
        return name.isEmpty()
                ? JVM
                : Arrays.stream(values())
                        .filter(kind -> kind.label().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new LocalFailure(VARIABLE + " is jvm or native, not " + name + "."));
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What its build leaves in {@code target} of a service's module. */
    String file(String module) {
        return switch (this) {
            case JVM -> "quarkus-app/quarkus-run.jar";
            case NATIVE -> module + "-runner";
        };
    }

    /** The target of {@code make} that builds it. */
    String target() {
        return switch (this) {
            case JVM -> "build";
            case NATIVE -> "native";
        };
    }
}
