package io.millrace.pack.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.document.Document.Source;
import io.millrace.document.DocumentFormat;
import io.millrace.pack.RecordedContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each format read, each written, and what is none. */
class TransformerTest {

    private static final int MOST = 10_000;

    private final Transformer transformer = new Transformer(MOST);
    private final RecordedContext context = new RecordedContext();

    private String transform(DocumentFormat from, byte[] bytes, DocumentFormat to) {
        return transformer.transform(new Source(from, bytes), to, context);
    }

    private String transform(DocumentFormat from, String text, DocumentFormat to) {
        return transform(from, text.getBytes(StandardCharsets.UTF_8), to);
    }

    private static final String PAGE = """
            <html><head><title>t</title><style>p {}</style></head><body>
            <h1>The  <em>Mill</em></h1>
            <script>alert(1)</script>
            Some text <b>outside</b> of paragraphs
            <div><p>Water &amp; wheels,<br>see <a href="https://example.org/a">there</a>
              and <a href="javascript:alert(1)">not there</a>.</p></div>
            <ul><li>one</li><li><p>two</p></li></ul>
            <pre>code
              here</pre>
            <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
            </body></html>
            """;

    @Test
    void aPageBecomesMarkdown() {
        assertThat(transform(DocumentFormat.HTML, PAGE, DocumentFormat.MARKDOWN))
                .isEqualTo("""
                        # The *Mill*

                        Some text **outside** of paragraphs

                        Water \\& wheels, \s
                        see [there](https://example.org/a) and not there.

                        - one
                        - two

                        ```
                        code
                          here
                        ```

                        |a|b|
                        |---|---|
                        |1|2|
                        """);
    }

    @Test
    void aPageBecomesText() {
        assertThat(transform(DocumentFormat.HTML, PAGE, DocumentFormat.TEXT))
                .contains("The Mill", "Some text outside of paragraphs", "Water & wheels,", "code\n  here")
                .doesNotContain("alert(1)\n", "<", "p {}");
    }

    @Test
    void whatActsDoesNotComeThrough() {
        String page = transform(DocumentFormat.HTML, PAGE, DocumentFormat.HTML);
        String markdown = transform(
                DocumentFormat.MARKDOWN, "<script>alert(1)</script>\n\n[x](javascript:alert(1))", DocumentFormat.HTML);

        assertThat(page)
                .contains(
                        "<h1>The <em>Mill</em></h1>", "<table>", "<a rel=\"nofollow\" href=\"https://example.org/a\">")
                .doesNotContain("javascript:", "<script");
        assertThat(markdown).doesNotContain("javascript:", "<script");
    }

    @Test
    void markdownBecomesHtmlAndText() {
        String source = "# A\n\nb *c*\n\n| x | y |\n|---|---|\n| 1 | 2 |\n";

        assertThat(transform(DocumentFormat.MARKDOWN, source, DocumentFormat.HTML))
                .contains("<h1>A</h1>", "<p>b <em>c</em></p>", "<td>1</td>");
        assertThat(transform(DocumentFormat.MARKDOWN, source, DocumentFormat.TEXT))
                .startsWith("A\n\nb c");
    }

    @Test
    void textKeepsItsParagraphsAndWhatLooksLikeMarkdownIsNone() {
        String source = "one\r\ntwo\r\n\r\n* three\0";

        assertThat(transform(DocumentFormat.TEXT, source, DocumentFormat.TEXT)).isEqualTo("one\ntwo\n\n* three");
        assertThat(transform(DocumentFormat.TEXT, source, DocumentFormat.MARKDOWN))
                .contains("\\* three");
    }

    @Test
    void textThatIsNotInUtf8IsReadAllTheSame() {
        byte[] latin = "Mühle".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(transform(DocumentFormat.TEXT, latin, DocumentFormat.TEXT)).isEqualTo("Mühle");
    }

    private static byte[] pdf(String password, String... pages) throws IOException {
        try (var document = new PDDocument();
                var out = new ByteArrayOutputStream()) {
            for (String text : pages) {
                var page = new PDPage();
                document.addPage(page);
                try (var stream = new PDPageContentStream(document, page)) {
                    stream.beginText();
                    stream.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                    stream.newLineAtOffset(72, 700);
                    stream.showText(text);
                    stream.endText();
                }
            }
            if (!password.isEmpty()) {
                document.protect(new StandardProtectionPolicy(password, password, new AccessPermission()));
            }
            document.save(out);
            return out.toByteArray();
        }
    }

    @Test
    void aPdfIsReadPageByPage() throws Exception {
        byte[] pdf = pdf("", "The first page", "The second page");

        assertThat(transform(DocumentFormat.PDF, pdf, DocumentFormat.TEXT))
                .isEqualTo("The first page\n\nThe second page");
        assertThat(context.progress()).containsExactly("1/2 reading", "2/2 reading");
    }

    @Test
    void aPdfWithAPasswordIsRefused() throws Exception {
        byte[] pdf = pdf("secret", "hidden");

        assertThatThrownBy(() -> transform(DocumentFormat.PDF, pdf, DocumentFormat.TEXT))
                .isInstanceOf(UnreadableDocument.class)
                .hasMessageContaining("password");
    }

    private static byte[] docx(String body) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("[Content_Types].xml"));
            zip.write("<Types/>".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("word/document.xml"));
            zip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static final String WORD = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

    @Test
    void aDocxKeepsItsHeadingsAndLists() throws Exception {
        byte[] docx = docx("""
                <w:document %s><w:body>
                <w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>The Mill</w:t></w:r></w:p>
                <w:p><w:r><w:t xml:space="preserve">Water </w:t></w:r><w:r><w:t>and</w:t><w:tab/><w:t>wheels</w:t></w:r></w:p>
                <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>one</w:t></w:r></w:p>
                <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>two</w:t></w:r></w:p>
                <w:p/>
                </w:body></w:document>
                """.formatted(WORD));

        assertThat(transform(DocumentFormat.DOCX, docx, DocumentFormat.MARKDOWN))
                .isEqualTo("## The Mill\n\nWater and wheels\n\n- one\n- two\n");
    }

    @Test
    void aDocxCannotReachOutOrBlowUp() throws Exception {
        byte[] entity = docx("<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><w:p %s><w:t>a&x;</w:t></w:p>"
                .formatted(WORD));
        byte[] bomb = docx("<w:p " + WORD + ">" + "<w:r/>".repeat(MOST) + "</w:p>");

        assertThatThrownBy(() -> transform(DocumentFormat.DOCX, entity, DocumentFormat.TEXT))
                .isInstanceOf(UnreadableDocument.class);
        assertThatThrownBy(() -> transform(DocumentFormat.DOCX, bomb, DocumentFormat.TEXT))
                .isInstanceOf(UnreadableDocument.class)
                .hasMessageContaining("unpacked");
    }

    @ParameterizedTest
    @EnumSource(
            value = DocumentFormat.class,
            names = {"PDF", "DOCX"})
    void whatIsNotWhatItSaysIsRefused(DocumentFormat format) {
        assertThatThrownBy(() -> transform(format, "certainly not", DocumentFormat.TEXT))
                .isInstanceOf(UnreadableDocument.class);
    }

    @Test
    void whatBecomesTooLongIsRefused() {
        assertThatThrownBy(() -> transform(DocumentFormat.TEXT, "a".repeat(MOST + 1), DocumentFormat.TEXT))
                .isInstanceOf(UnreadableDocument.class);
    }
}
