package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A native image has only the resources that it was told of; whoever reads another one finds that out when it runs. */
class NativeResourcesTest {

    private static final String KEY = "quarkus.native.resources.includes";
    private static final String SHARED = "common/src/main/resources/META-INF/microprofile-config.properties";

    /** Read while the application is built, or taken along by Quarkus itself. */
    private static final List<String> NEEDS_NO_MENTION =
            List.of("META-INF/**", "templates/**", "application.properties", "import.sql");

    /** Parts of this checkout that no service is made of. */
    private static final List<String> NOT_OF_A_SERVICE = List.of("deploy/", "bench/", "docs/", "system-test/", "cli/");

    @Test
    void everyResourceOfAServiceIsNamedForNativeImages() throws IOException {
        var forgotten = new ArrayList<String>();
        for (Path file :
                SourceTree.filesBelow(Markdown.ROOT, file -> SourceTree.isMain(Markdown.ROOT, file, "resources"))) {
            String path = Markdown.ROOT.relativize(file).toString();
            String module = path.substring(0, path.indexOf("/src/main/"));
            String name = path.substring(path.indexOf("/resources/") + "/resources/".length());
            if (NOT_OF_A_SERVICE.stream().noneMatch(path::startsWith)
                    && Stream.concat(NEEDS_NO_MENTION.stream(), includes(module))
                            .noneMatch(glob -> matches(glob, name))) {
                forgotten.add(path);
            }
        }

        assertThat(forgotten).as("not in %s", KEY).isEmpty();
    }

    /** What a service says itself takes the place of what all share, and has to say that too. */
    @Test
    void noServiceForgetsWhatAllShare() {
        List<String> shared = in(SHARED).toList();

        for (String service : List.of("api-service", "worker-service", "scheduler-service")) {
            List<String> own =
                    in(service + "/src/main/resources/application.properties").toList();
            assertThat(own.isEmpty() || own.containsAll(shared)).as(service).isTrue();
        }
    }

    /** Flyway cannot look for them in a native image. */
    @Test
    void everyMigrationIsNamedInTheListOfThem() throws IOException {
        String schema = SourceTree.text(Markdown.ROOT.resolve("common/src/main/java/io/millrace/store/Schema.java"));

        assertThat(SourceTree.filesBelow(Markdown.ROOT.resolve("common/src/main/resources/db/migration"), file -> true))
                .extracting(file -> "\"" + file.getFileName() + "\"")
                .isNotEmpty()
                .allSatisfy(name -> assertThat(schema).contains(name));
    }

    private static Stream<String> includes(String module) {
        return Stream.concat(
                in(SHARED),
                Stream.concat(
                        in(module + "/src/main/resources/application.properties"),
                        in(module + "/src/main/resources/META-INF/microprofile-config.properties")));
    }

    private static Stream<String> in(String properties) {
        Path file = Markdown.ROOT.resolve(properties);
        if (!file.toFile().exists()) {
            return Stream.empty();
        }
        var read = new Properties();
        try {
            read.load(new StringReader(SourceTree.text(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Stream.of(read.getProperty(KEY, "").split(",", -1))
                .map(String::strip)
                .filter(glob -> !glob.isEmpty());
    }

    private static boolean matches(String glob, String name) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(name));
    }
}
