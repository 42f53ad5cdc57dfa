package io.millrace.docs;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.RawTextTree;
import com.sun.source.doctree.TextTree;
import java.util.List;
import java.util.stream.Collectors;

/** Javadoc as one paragraph of Markdown. */
final class Javadoc {

    private Javadoc() {}

    static String toMarkdown(List<? extends DocTree> body) {
        return body.stream()
                .map(Javadoc::toMarkdown)
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String toMarkdown(DocTree part) {
        return switch (part) {
            case TextTree text -> text.getBody();
            case RawTextTree markdown -> markdown.getContent();
            case LiteralTree literal
            when literal.getKind() == DocTree.Kind.CODE ->
                "`" + literal.getBody().getBody() + "`";
            case LiteralTree literal -> literal.getBody().getBody();
            case LinkTree link -> link.getLabel().isEmpty() ? code(link) : toMarkdown(link.getLabel());
            case EntityTree entity -> "&" + entity.getName() + ";";
            // Tags such as <p> separate words; anything else stays as it is written.
            default ->
                part.getKind() == DocTree.Kind.START_ELEMENT || part.getKind() == DocTree.Kind.END_ELEMENT
                        ? " "
                        : part.toString();
        };
    }

    private static String code(LinkTree link) {
        return "`" + link.getReference().toString().replace('#', '.').replaceAll("^\\.", "") + "`";
    }
}
