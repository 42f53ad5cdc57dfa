package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/testing.md} are tests that run, word by word. */
class SnippetsTest {

    private static final Pattern SNIPPET =
            Pattern.compile("<!-- from: (\\S+) -->\\s*```java\\n(.*?)```", Pattern.DOTALL);

    private final Markdown document = Markdown.of("docs/testing.md");

    @Test
    void everyExampleIsInTheFileItIsFrom() {
        assertThat(SNIPPET.matcher(document.text()).results().toList())
                .isNotEmpty()
                .allSatisfy(SnippetsTest::isInItsFile);
    }

    @Test
    void noExampleIsFromNowhere() {
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
