package io.millrace.pack.document;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.commonmark.node.Document;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;

/** Reads text: paragraphs with lines. */
final class TextReader {

    private TextReader() {}

    /** Text in UTF-8; what is none is read as Latin-1, in which everything is something. */
    static String decode(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    static Document read(String text) {
        var document = new Document();
        // A carriage return and a line feed would else pass for two ends of lines.
        for (String block : text.replace("\r\n", "\n").replace('\r', '\n').split("(\n[ \\t]*){2,}", -1)) {
            var paragraph = new Paragraph();
            block.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> {
                if (paragraph.getFirstChild() != null) {
                    paragraph.appendChild(new SoftLineBreak());
                }
                paragraph.appendChild(new Text(line));
            });
            if (paragraph.getFirstChild() != null) {
                document.appendChild(paragraph);
            }
        }
        return document;
    }
}
