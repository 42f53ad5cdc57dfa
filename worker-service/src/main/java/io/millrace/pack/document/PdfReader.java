package io.millrace.pack.document;

import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDParentTreeValue;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.pdmodel.encryption.StandardSecurityHandler;
import org.apache.pdfbox.text.PDFTextStripper;

/** Reads the text of a PDF, page by page. What is a picture of text has none. */
@RegisterForReflection(targets = {StandardSecurityHandler.class, PDParentTreeValue.class}) // by reflection, in PDFBox
final class PdfReader {

    private PdfReader() {}

    /** @param maxCharacters a document with more is refused as soon as it has */
    static String text(byte[] pdf, int maxCharacters, TaskContext context) {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            var stripper = new PDFTextStripper();
            stripper.setParagraphEnd("\n");
            int pages = document.getNumberOfPages();
            var text = new StringBuilder();
            for (int page = 1; page <= pages; page++) {
                context.checkpoint();
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                text.append(stripper.getText(document)).append("\n\n");
                if (text.length() > maxCharacters) {
                    throw new UnreadableDocument("its text has more than " + maxCharacters + " characters");
                }
                context.progress(page, pages, "reading");
            }
            return text.toString();
        } catch (InvalidPasswordException e) {
            throw new UnreadableDocument("it is a PDF that needs a password");
        } catch (IOException e) {
            throw new UnreadableDocument("it is no PDF that can be read: " + e.getMessage());
        }
    }
}
