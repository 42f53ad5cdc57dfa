package io.millrace.helm;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** What Helm does with an object that is a hook. */
final class Hooks {

    private Hooks() {}

    static boolean isOne(HasMetadata object) {
        return !of(object).isEmpty();
    }

    /** When it is made; empty for what is no hook. */
    static String of(HasMetadata object) {
        return annotation(object, Chart.HOOK, "");
    }

    static int weight(HasMetadata object) {
        return Integer.parseInt(annotation(object, Chart.HOOK + "-weight", "0"));
    }

    static String deletion(HasMetadata object) {
        return annotation(object, Chart.HOOK + "-delete-policy", "");
    }

    private static String annotation(HasMetadata object, String name, String otherwise) {
        return object.getMetadata().getAnnotations().getOrDefault(name, otherwise);
    }
}
