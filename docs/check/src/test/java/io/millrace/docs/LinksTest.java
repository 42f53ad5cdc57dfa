package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LinksTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    @Test
    void everyLinkLeadsToAFileAndAHeadingThatAreThere() throws IOException {
        var broken = new ArrayList<String>();
        for (Markdown document : Markdown.all()) {
            LINK.matcher(document.text())
                    .results()
                    .map(link -> link.group(1))
                    .filter(link -> !link.matches("[a-z]+:.*"))
                    .filter(link -> !leadsSomewhere(document, link))
                    .forEach(link -> broken.add(Markdown.ROOT.relativize(document.file()) + " → " + link));
        }

        assertThat(broken).isEmpty();
    }

    private static boolean leadsSomewhere(Markdown document, String link) {
        List<String> parts = List.of(link.split("#", 2));
        Path target = parts.getFirst().isEmpty()
                ? document.file()
                : document.file().resolveSibling(parts.getFirst()).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return parts.size() == 1
                || !target.toString().endsWith(".md")
                || new Markdown(target, SourceTree.text(target)).anchors().contains(parts.getLast());
    }
}
