package io.millrace.pack.document;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.commonmark.node.BulletList;
import org.commonmark.node.Document;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a DOCX, with its headings and list items: one file of XML within a zip, which the JDK reads without
 * help. (Apache POI would model all of Word by reflection over thousands of generated classes, for this one file.)
 */
final class DocxReader {

    private static final String WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private static final String TEXT = "word/document.xml";

    private final XMLStreamReader xml;
    private final Document document = new Document();

    private DocxReader(XMLStreamReader xml) {
        this.xml = xml;
    }

    /** @param maxBytes of the text's XML when it is unpacked: a small zip may hold a large file */
    static Document read(byte[] docx, int maxBytes) {
        try (var zip = new ZipInputStream(new ByteArrayInputStream(docx))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals(TEXT)) {
                    return read(unpacked(zip, maxBytes));
                }
            }
            throw new UnreadableDocument("it is no DOCX: it has no " + TEXT);
        } catch (IOException e) {
            throw new UnreadableDocument("it is no DOCX: " + e.getMessage());
        } catch (XMLStreamException e) {
            throw new UnreadableDocument("its text cannot be read: it is no XML");
        }
    }

    private static byte[] unpacked(InputStream in, int maxBytes) throws IOException {
        byte[] bytes = in.readNBytes(maxBytes);
        if (in.read() >= 0) {
            throw new UnreadableDocument("its text has more than " + maxBytes + " bytes when it is unpacked");
        }
        return bytes;
    }

    private static Document read(byte[] text) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        // Nothing is looked up elsewhere, and nothing is expanded.
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        var reader = new DocxReader(factory.createXMLStreamReader(new ByteArrayInputStream(text)));
        while (reader.xml.hasNext()) {
            if (reader.xml.next() == XMLStreamConstants.START_ELEMENT && reader.isWord("p")) {
                reader.paragraph();
            }
        }
        return reader.document;
    }

    private void paragraph() throws XMLStreamException {
        Node paragraph = new Paragraph();
        boolean listed = false;
        while (true) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT && isWord("p")) {
                break;
            }
            if (event != XMLStreamConstants.START_ELEMENT || !WORD.equals(xml.getNamespaceURI())) {
                continue;
            }
            switch (xml.getLocalName()) {
                case "p" -> paragraph();
                case "pStyle" -> paragraph = styled(xml.getAttributeValue(WORD, "val"));
                case "numPr" -> listed = true;
                case "t" -> text(paragraph, xml.getElementText());
                case "tab" -> text(paragraph, " ");
                case "br", "cr" -> paragraph.appendChild(new HardLineBreak());
                default -> {}
            }
        }
        if (paragraph.getFirstChild() != null) {
            add(paragraph, listed);
        }
    }

    private static void text(Node paragraph, String more) {
        if (paragraph.getLastChild() instanceof Text text) {
            text.setLiteral(text.getLiteral() + more);
        } else if (!more.isEmpty()) {
            paragraph.appendChild(new Text(more));
        }
    }

    /** Its style comes before a paragraph's text. Headings are called so in files of whatever language. */
    private static Node styled(@Nullable String style) {
        if (style != null && style.matches("Heading[1-6]")) {
            var heading = new Heading();
            heading.setLevel(style.charAt(style.length() - 1) - '0');
            return heading;
        }
        return new Paragraph();
    }

    private void add(Node paragraph, boolean listed) {
        if (!listed || !(paragraph instanceof Paragraph)) {
            document.appendChild(paragraph);
            return;
        }
        if (!(document.getLastChild() instanceof BulletList)) {
            var list = new BulletList();
            list.setTight(true);
            document.appendChild(list);
        }
        Node item = new ListItem();
        item.appendChild(paragraph);
        document.getLastChild().appendChild(item);
    }

    private boolean isWord(String name) {
        return xml.getLocalName().equals(name) && WORD.equals(xml.getNamespaceURI());
    }
}
