package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/coming-from-celery.md} has a row for everything of Celery's that the five systems use. */
class ComingFromCeleryTest {

    private final Markdown document = Markdown.of("docs/coming-from-celery.md");

    @Test
    void everyNameTheFiveSystemsUseHasARow() {
        Set<String> explained = document.tables().stream()
                .flatMap(row -> Markdown.code(row.getFirst()).stream())
                .flatMap(code -> Stream.of(code.split("[^A-Za-z0-9_-]+")))
                .collect(Collectors.toSet());

        assertThat(explained).containsAll(names());
    }

    @Test
    void noRowIsWithoutAnAnswer() {
        assertThat(document.tables())
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.get(1)).isNotBlank());
    }

    @Test
    void everyKeyItNamesIsThere() throws IOException {
        Set<String> keys = ConfigReference.of(Markdown.ROOT).settings().stream()
                .map(Setting::key)
                .collect(Collectors.toSet());

        assertThat(Markdown.code(document.text()).stream()
                        .filter(code -> code.matches("millrace\\.[a-z]+\\.[a-z\"<].*"))
                        .map(code -> code.replaceAll("=.*", "")))
                .isSubsetOf(keys);
    }

    /** Taken from the documents of the five systems once; what begins with # is a heading. */
    private static List<String> names() {
        return SourceTree.text(Path.of("src/test/resources/celery-names.txt"))
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }
}
