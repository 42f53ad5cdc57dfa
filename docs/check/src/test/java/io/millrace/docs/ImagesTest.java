package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What a reviewer would ask of the images and of compose.yaml, and can be answered without Docker. */
class ImagesTest {

    private static final Pattern STAGE = Pattern.compile("(?m)^FROM (\\S+)(?: AS (\\S+))?$");
    private static final Pattern ENTRYPOINT = Pattern.compile("(?m)^ENTRYPOINT (.+)$");
    private static final Pattern MODULE = Pattern.compile("<module>(.+)</module>");
    private static final Pattern BASE = Pattern.compile("(?m)^ARG ([A-Z]+_IMAGE)=(\\S+)$");

    /** A name with a host, and a tag that says more than latest. */
    private static final String PINNED = "[a-z.]+\\.[a-z]+/\\S+:(?!latest\\b)\\S+";

    private static final List<String> SERVICES = List.of("api", "worker", "scheduler");

    @ParameterizedTest
    @ValueSource(strings = {"jvm", "native"})
    void anImageHasPinnedBasesAndNoRoot(String kind) {
        String file = dockerfile(kind);
        List<String> bases = all(BASE, file, 1);
        List<String> stages = all(STAGE, file, 2);

        assertThat(all(BASE, file, 2)).allMatch(name -> name.matches(PINNED));
        assertThat(all(STAGE, file, 1))
                .allMatch(from ->
                        stages.contains(from) || bases.stream().anyMatch(base -> from.equals("${" + base + "}")));
        assertThat(stages).containsSubsequence(SERVICES);
        String shipped = file.substring(file.indexOf("FROM ${BASE_IMAGE}"));
        assertThat(shipped)
                .contains("USER 10001:10001", "HEALTHCHECK", "org.opencontainers.image.revision")
                .doesNotContain("RUN ", "ADD ");
    }

    /** What is copied out of the build is what the build leaves. */
    @Test
    void aNativeImageTakesWhatMakeNativeMakes() {
        for (String service : SERVICES) {
            assertThat(dockerfile("native"))
                    .contains("/" + service + "-service/target/" + service + "-service-runner ");
        }
    }

    /** Maven asks for every module of its parent, whichever it builds: a build in an image's context fails without one. */
    @Test
    void anImageIsBuiltFromAllModules() {
        List<String> outside = SourceTree.text(Markdown.ROOT.resolve(".dockerignore"))
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        List<String> modules = all(MODULE, SourceTree.text(Markdown.ROOT.resolve("pom.xml")), 1);

        assertThat(modules)
                .contains("api-service")
                .allSatisfy(
                        module -> assertThat(outside).noneMatch(ignored -> (module + "/").startsWith(ignored + "/")));
    }

    /** What a container is told, such as the chart's {@code migrate}, takes the place of a CMD: no bound may stand there. */
    @ParameterizedTest
    @ValueSource(strings = {"jvm", "native"})
    void theHeapIsBoundedWhateverAContainerIsTold(String kind) {
        assertThat(all(ENTRYPOINT, dockerfile(kind), 1))
                .hasSameSizeAs(SERVICES)
                .allMatch(line -> line.contains("\"-Xmx") || line.contains("\"-XX:MaxRAMPercentage="));
    }

    /** One file says how Java runs, so that a cache is not trained for another Java than an image has. */
    @Test
    void aCacheIsTrainedWithTheOptionsOfTheImages() {
        assertThat(dockerfile("jvm")).contains("COPY --link deploy/docker/jvm.options /opt/java/options\n");
        assertThat(all(ENTRYPOINT, dockerfile("jvm"), 1)).allMatch(line -> line.contains("\"@/opt/java/options\""));
        assertThat(SourceTree.text(Markdown.ROOT.resolve("deploy/docker/train")))
                .contains("@deploy/docker/jvm.options ");
    }

    @Test
    void everythingInComposeIsPinnedBoundedWatchedAndNotRoot() {
        for (Map.Entry<String, Map<String, Object>> each : containers().entrySet()) {
            Map<String, Object> container = each.getValue();
            String name = each.getKey();
            String image = String.valueOf(container.get("image"));
            assertThat(image.matches(PINNED) || image.matches("millrace/" + name + "-service:\\$\\{MILLRACE_TAG:-.*"))
                    .as("%s has the image %s", name, image)
                    .isTrue();
            assertThat(String.valueOf(container.get("user"))).as(name).matches("[1-9]\\d*:[1-9]\\d*");
            assertThat(container)
                    .as(name)
                    .containsKeys("mem_limit", "healthcheck")
                    .containsEntry("cap_drop", List.of("ALL"))
                    .containsEntry("security_opt", List.of("no-new-privileges:true"));
            assertThat(list(container, "ports")).as(name).allMatch(port -> port.startsWith("127.0.0.1:"));
        }
        for (String service : SERVICES) {
            assertThat(containers().get(service)).as(service).containsEntry("read_only", true);
        }
    }

    @Test
    void everyContainerThatPrometheusAsksIsThere() {
        Map<String, Object> config = yaml("deploy/prometheus/prometheus.yml");

        assertThat(Pattern.compile("([a-z]+):8080")
                        .matcher(config.toString())
                        .results()
                        .map(found -> found.group(1)))
                .containsExactlyElementsOf(SERVICES)
                .allMatch(containers()::containsKey);
    }

    /** The image's own folder counts only as long as no setting is in the environment. */
    @Test
    void whatKafkaWritesIsInItsVolume() {
        Map<String, Object> kafka = Objects.requireNonNull(containers().get("kafka"));
        Object folder = map(kafka.get("environment")).get("KAFKA_LOG_DIRS");

        assertThat(list(kafka, "volumes")).contains("kafka:" + folder);
    }

    /** Every volume by its name is declared, and what comes from this folder begins with a dot. */
    @Test
    void volumesOfComposeAreDeclared() {
        Map<String, Object> declared = map(yaml("deploy/compose.yaml").get("volumes"));

        for (Map.Entry<String, Map<String, Object>> each : containers().entrySet()) {
            assertThat(list(each.getValue(), "volumes").map(volume -> volume.substring(0, volume.indexOf(':'))))
                    .as(each.getKey())
                    .allMatch(source -> source.startsWith("./") || declared.containsKey(source));
        }
    }

    private static String dockerfile(String kind) {
        return SourceTree.text(Markdown.ROOT.resolve("deploy/docker/Dockerfile." + kind));
    }

    private static List<String> all(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> String.valueOf(found.group(group)))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> containers() {
        return (Map<String, Map<String, Object>>)
                Objects.requireNonNull(yaml("deploy/compose.yaml").get("services"));
    }

    private static Map<String, Object> yaml(String path) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return map(new Yaml(new SafeConstructor(options)).load(SourceTree.text(Markdown.ROOT.resolve(path))));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    private static Stream<String> list(Map<String, Object> container, String key) {
        return container.get(key) instanceof List<?> list ? list.stream().map(String::valueOf) : Stream.empty();
    }
}
