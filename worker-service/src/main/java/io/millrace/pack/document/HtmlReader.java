package io.millrace.pack.document;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableBody;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableHead;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.Document;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.ListBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;

/** Reads HTML, however broken, as a reader would see it: its blocks, its emphasis, its links, and nothing that acts. */
final class HtmlReader {

    private static final Set<String> UNSEEN =
            Set.of("script", "style", "noscript", "template", "head", "iframe", "object", "svg", "canvas", "select");

    private HtmlReader() {}

    /** Reads HTML in the encoding that it says itself, in UTF-8 where it says none. */
    static Document read(byte[] html) {
        try {
            var document = new Document();
            blocks(Jsoup.parse(new ByteArrayInputStream(html), null, "").body(), document);
            return document;
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
    }

    /** What of an element is text, or within text, makes paragraphs between its blocks. */
    private static void blocks(Element from, Node into) {
        var paragraph = new Paragraph();
        for (var child : from.childNodes()) {
            if (child instanceof Element element && isBlock(element)) {
                close(paragraph, into);
                paragraph = new Paragraph();
                block(element, into);
            } else {
                inline(child, paragraph);
            }
        }
        close(paragraph, into);
    }

    /**
     * Links and the like may have blocks within; then they are of no more use than a box. For jsoup, the end of a line is a
     * block, but a paragraph goes on behind it.
     */
    private static boolean isBlock(Element element) {
        return (element.isBlock() && !element.normalName().equals("br"))
                || element.children().stream().anyMatch(HtmlReader::isBlock);
    }

    private static void block(Element element, Node into) {
        switch (element.normalName()) {
            case "h1", "h2", "h3", "h4", "h5", "h6" -> {
                var heading = new Heading();
                heading.setLevel(element.normalName().charAt(1) - '0');
                inlines(element, heading);
                close(heading, into);
            }
            case "ul", "menu" -> items(element, new BulletList(), into);
            case "ol" -> items(element, new OrderedList(), into);
            case "blockquote" -> {
                var quote = new BlockQuote();
                blocks(element, quote);
                into.appendChild(quote);
            }
            case "pre" -> {
                var code = new FencedCodeBlock();
                code.setLiteral(element.wholeText().stripTrailing() + "\n");
                into.appendChild(code);
            }
            case "hr" -> into.appendChild(new ThematicBreak());
            case "table" -> table(element, into);
            default -> {
                if (!UNSEEN.contains(element.normalName())) {
                    blocks(element, into);
                }
            }
        }
    }

    private static void items(Element list, ListBlock into, Node parent) {
        into.setTight(true);
        for (Element element : list.children()) {
            var item = new ListItem();
            blocks(element, item);
            if (item.getFirstChild() != null) {
                into.appendChild(item);
            }
        }
        if (into.getFirstChild() != null) {
            parent.appendChild(into);
        }
    }

    private static void table(Element element, Node into) {
        var table = new TableBlock();
        var head = new TableHead();
        var body = new TableBody();
        for (Element row : element.select("tr")) {
            // A table in a table is laid out, not told: its rows come once, as those of the outer one.
            var cells = new TableRow();
            boolean first = head.getFirstChild() == null;
            for (Element each : row.children()) {
                var cell = new TableCell();
                cell.setHeader(first);
                cell.appendChild(new Text(each.text()));
                cells.appendChild(cell);
            }
            if (cells.getFirstChild() != null) {
                (first ? head : body).appendChild(cells);
            }
        }
        if (head.getFirstChild() != null) {
            table.appendChild(head);
            if (body.getFirstChild() != null) {
                table.appendChild(body);
            }
            into.appendChild(table);
        }
    }

    private static void inlines(Element from, Node into) {
        from.childNodes().forEach(child -> inline(child, into));
    }

    private static void inline(org.jsoup.nodes.Node node, Node into) {
        if (node instanceof TextNode text) {
            if (!text.text().isEmpty()) {
                into.appendChild(new Text(text.text()));
            }
        } else if (node instanceof Element element && !UNSEEN.contains(element.normalName())) {
            switch (element.normalName()) {
                case "br" -> into.appendChild(new HardLineBreak());
                case "em", "i" -> within(element, new Emphasis(), into);
                case "strong", "b" -> within(element, new StrongEmphasis(), into);
                case "code", "kbd", "samp", "tt" -> into.appendChild(new Code(element.text()));
                case "a" -> within(element, new Link(address(element, "href"), null), into);
                case "img" -> image(element, into);
                default -> inlines(element, into);
            }
        }
    }

    private static void image(Element element, Node into) {
        String source = address(element, "src");
        var alternative = new Text(element.attr("alt"));
        if (source.isEmpty()) {
            into.appendChild(alternative);
        } else {
            var image = new Image(source, null);
            image.appendChild(alternative);
            into.appendChild(image);
        }
    }

    /** Where an element leads; empty where that is not to be followed, such as {@code javascript:} in whatever disguise. */
    private static String address(Element element, String attribute) {
        String address = element.attr(attribute).replaceAll("[\\p{Cntrl}\\s]", "");
        boolean hasScheme = address.matches("[A-Za-z][A-Za-z0-9+.-]*:.*");
        return !hasScheme || address.matches("(?i)(https?|mailto):.*") ? address : "";
    }

    private static void within(Element element, Node mark, Node into) {
        if (!element.hasText()
                || (mark instanceof Link link && link.getDestination().isEmpty())) {
            inlines(element, into);
        } else {
            inlines(element, mark);
            into.appendChild(mark);
        }
    }

    /** A block of text begins and ends with what can be seen; one in which nothing can be is none. */
    private static void close(Node block, Node into) {
        while (block.getFirstChild() instanceof Text first && first.getLiteral().isBlank()) {
            first.unlink();
        }
        while (block.getLastChild() instanceof Text last && last.getLiteral().isBlank()) {
            last.unlink();
        }
        if (block.getFirstChild() instanceof Text first) {
            first.setLiteral(first.getLiteral().stripLeading());
        }
        if (block.getLastChild() instanceof Text last) {
            last.setLiteral(last.getLiteral().stripTrailing());
        }
        if (block.getFirstChild() != null) {
            into.appendChild(block);
        }
    }
}
