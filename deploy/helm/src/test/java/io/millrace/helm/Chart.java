package io.millrace.helm;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Millrace's chart, as Helm renders it. */
final class Chart {

    static final String NAMESPACE = "jobs";
    static final String RELEASE = "acme";

    /** Stands for {@code helm.sh/hook} in what is rendered. */
    static final String HOOK = "rendered.helm.sh/hook";

    private static final String KUBERNETES = "1.33.0";
    private static final Path WITH_HOOKS = copyWithHooks();

    private Chart() {}

    static List<HasMetadata> rendered(Path... values) {
        return StrictModel.parsed(text(WITH_HOOKS, values));
    }

    /** With further values over those of files, as YAML. */
    static List<HasMetadata> rendered(String yaml, Path... values) {
        return withFile(yaml, file -> rendered(append(values, file)));
    }

    /** The message that these values are refused with. */
    static String refusal(String yaml, Path... values) {
        return withFile(yaml, file -> {
            try {
                text(Checkout.CHART, append(values, file));
            } catch (IllegalStateException e) {
                return String.valueOf(e.getMessage());
            }
            throw new AssertionError("these values are not refused:\n" + yaml);
        });
    }

    /** The message that this name of a release is refused with. */
    static String refusalOfName(String release, Path... values) {
        try {
            textAs(release, Checkout.CHART, values);
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("this name is not refused: " + release);
    }

    /** As a release of another name. */
    static List<HasMetadata> renderedAs(String release, Path... values) {
        return StrictModel.parsed(textAs(release, WITH_HOOKS, values));
    }

    private static String text(Path chart, Path... values) {
        return textAs(RELEASE, chart, values);
    }

    private static String textAs(String release, Path chart, Path... values) {
        var command = new Helm(chart)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES);
        for (Path file : values) {
            command.withValuesFile(file);
        }
        return command.call();
    }

    private static Path[] append(Path[] values, Path last) {
        return Stream.concat(Stream.of(values), Stream.of(last)).toArray(Path[]::new);
    }

    private interface WithFile<T> {
        T apply(Path file);
    }

    private static <T> T withFile(String yaml, WithFile<T> use) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            try {
                return use.apply(Files.writeString(file, yaml));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Helm of the tests leaves hooks out; those of this copy are called something else, and so are objects like any. */
    private static Path copyWithHooks() {
        try {
            Path copy = Files.createTempDirectory("chart").resolve("millrace");
            for (Path file : Checkout.filesBelow(Checkout.CHART)) {
                Path to = copy.resolve(Checkout.CHART.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.writeString(to, Checkout.text(file).replace("helm.sh/hook", HOOK));
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
