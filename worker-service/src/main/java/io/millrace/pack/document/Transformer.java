package io.millrace.pack.document;

import io.millrace.document.Document.Source;
import io.millrace.document.DocumentFormat;
import io.millrace.worker.task.TaskContext;
import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.Renderer;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.markdown.MarkdownRenderer;
import org.commonmark.renderer.text.LineBreakRendering;
import org.commonmark.renderer.text.TextContentRenderer;

/** From what a document is to what it is to be, by way of a tree that all formats have in common. */
final class Transformer {

    private final List<Extension> extensions = List.of(TablesExtension.create());
    private final int maxContent;

    /** @param maxContent characters */
    Transformer(int maxContent) {
        this.maxContent = maxContent;
    }

    /** @throws UnreadableDocument if it is not what it says it is, or becomes too long */
    String transform(Source source, DocumentFormat target, TaskContext context) {
        Node read = read(source, context);
        // PostgreSQL has no zero bytes in texts.
        String written = renderer(target).render(read).replace("\0", "");
        if (written.length() > maxContent) {
            throw new UnreadableDocument("it becomes longer than " + maxContent + " characters");
        }
        return written;
    }

    private Node read(Source source, TaskContext context) {
        return switch (source.format()) {
            case TEXT -> TextReader.read(TextReader.decode(source.bytes()));
            case MARKDOWN -> Parser.builder().extensions(extensions).build().parse(TextReader.decode(source.bytes()));
            case HTML -> HtmlReader.read(source.bytes());
            case PDF -> TextReader.read(PdfReader.text(source.bytes(), maxContent, context));
            // Its XML is several times as long as its text.
            case DOCX -> DocxReader.read(source.bytes(), 5 * maxContent);
        };
    }

    private Renderer renderer(DocumentFormat target) {
        return switch (target) {
            case TEXT ->
                TextContentRenderer.builder()
                        .extensions(extensions)
                        .lineBreakRendering(LineBreakRendering.SEPARATE_BLOCKS)
                        .build();
            case MARKDOWN -> MarkdownRenderer.builder().extensions(extensions).build();
            case HTML ->
                HtmlRenderer.builder()
                        .extensions(extensions)
                        .escapeHtml(true)
                        .sanitizeUrls(true)
                        .build();
            case PDF, DOCX -> throw new UnreadableDocument("nothing is transformed into " + target.wireName());
        };
    }
}
