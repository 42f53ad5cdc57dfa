package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.local.Component;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReferenceTest {

    private static final String FORGOTTEN = "a configuration interface has changed and %s has not: run `make docs`";

    @Test
    void everySettingSaysWhatItIs() throws IOException {
        assertThat(ConfigReference.of(Markdown.ROOT).problems()).isEmpty();
    }

    @Test
    void theReferenceIsWhatTheInterfacesSay() throws IOException {
        var reference = ConfigReference.of(Markdown.ROOT);

        assertThat(SourceTree.text(Markdown.ROOT.resolve(ConfigReference.DOCUMENT)))
                .as(FORGOTTEN, ConfigReference.DOCUMENT)
                .isEqualTo(reference.document());
        assertThat(SourceTree.text(Markdown.ROOT.resolve(ConfigReference.KNOWN_KEYS)))
                .as(FORGOTTEN, ConfigReference.KNOWN_KEYS)
                .isEqualTo(reference.knownKeys());
    }

    @Test
    void theLocalStacksPortsAreNamed() {
        String reference = Markdown.of("docs/configuration.md").text();

        for (Component component : Component.values()) {
            assertThat(reference).contains(component.portVariable());
        }
    }

    @TempDir
    private Path checkout;

    private ConfigReference reference(String source) throws IOException {
        write("a-service/src/main/java/a/Config.java", source);
        write("docs/check/configuration.md.template", "{{settings a-service}}");
        return ConfigReference.of(checkout);
    }

    private void write(String path, String text) throws IOException {
        Path file = checkout.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void everyKindOfKeyIsShown() throws IOException {
        write("a-service/src/main/resources/application.properties", "%local.millrace.a.how-long=1s\n");
        String document = reference("""
                package a;
                @ConfigMapping(prefix = "millrace.a")
                interface Config extends Shared {
                    /** How {@code long} it
                     * takes, | at most. */
                    @WithDefault("10s")
                    Duration howLong();
                    /** Some. */
                    Optional<Set<String>> some();
                    /** Must be. */
                    @WithName("must")
                    int needed();
                    /** By name. */
                    Map<String, Inner> inner();
                    /** Words. */
                    Map<String, String> words();
                    /** Not a key. */
                    default String derived() { return ""; }
                    Nested nested();
                    interface Inner {
                        /** Its size. */
                        @WithDefault("1M")
                        MemorySize size();
                    }
                    interface Nested {
                        /** Its mode. */
                        @WithDefault("slow")
                        Mode mode();
                    }
                    enum Mode { SLOW, VERY_FAST }
                }
                interface Shared {
                    /** Of all. */
                    boolean shared();
                }
                """).document();

        assertThat(document).isEqualTo("""
                | key | type | default | meaning |
                |---|---|---|---|
                | `millrace.a.how-long` | duration | `10s`; a-service in profile local: `1s` | How `long` it takes, \\| at most. |
                | `millrace.a.some` | text, several with commas between | not set | Some. |
                | `millrace.a.must` | whole number | required | Must be. |
                | `millrace.a.inner.<name>.size` | size | `1M` | Its size. |
                | `millrace.a.words."<name>"` | text | none | Words. |
                | `millrace.a.nested.mode` | `slow`, `very-fast` | `slow` | Its mode. |
                | `millrace.a.shared` | `true` or `false` | required | Of all. |""");
    }

    @Test
    void aSettingNobodyHasExplainedIsFound() throws IOException {
        var reference = reference("""
                package a;
                @ConfigMapping(prefix = "millrace.a")
                interface Config {
                    int secret();
                }
                """);

        assertThat(reference.problems())
                .containsExactly("a-service/src/main/java/a/Config.java:4: millrace.a.secret has no Javadoc");
    }
}
