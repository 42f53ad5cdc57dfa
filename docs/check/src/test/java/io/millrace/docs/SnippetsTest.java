package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of documents that have any in Java are tests that run, word by word. */
class SnippetsTest {

    private static final Pattern SNIPPET =
            Pattern.compile("<!-- from: (\\S+) -->\\s*```java\\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"docs/testing.md", "docs/calling.md"})
    void everyExampleIsInTheFileItIsFrom(String file) {
        Markdown document = Markdown.of(file);

        assertThat(SNIPPET.matcher(document.text()).results().toList())
                .isNotEmpty()
                .allSatisfy(SnippetsTest::isInItsFile);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/testing.md", "docs/calling.md"})
    void noExampleIsFromNowhere(String file) {
        Markdown document = Markdown.of(file);

        long blocks = document.text().lines().filter("```java"::equals).count();

        assertThat(SNIPPET.matcher(document.text()).results()).hasSize((int) blocks);
    }

    private static void isInItsFile(MatchResult snippet) {
        String source = SourceTree.text(Markdown.ROOT.resolve(snippet.group(1)));
        assertThat(words(source)).contains(words(snippet.group(2)));
    }

    /** Indentation and line ends are the document's own. */
    private static String words(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
