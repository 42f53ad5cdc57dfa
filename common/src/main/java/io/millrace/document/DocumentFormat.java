package io.millrace.document;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a document is. */
public enum DocumentFormat {
    TEXT("text/plain", "txt", true),
    MARKDOWN("text/markdown", "md", true),
    HTML("text/html", "html", true),
    PDF("application/pdf", "pdf", false),
    DOCX("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", false);

    private final String mediaType;
    private final String extension;
    private final boolean target;

    DocumentFormat(String mediaType, String extension, boolean target) {
        this.mediaType = mediaType;
        this.extension = extension;
        this.target = target;
    }

    /** Its media type, without parameters. */
    public String mediaType() {
        return mediaType;
    }

    /** What names of its files end with, without the dot. */
    public String extension() {
        return extension;
    }

    /** Whether documents can be transformed into it. */
    public boolean isTarget() {
        return target;
    }

    /** As the wire and the database have it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format of this name. @throws IllegalArgumentException if there is none */
    public static DocumentFormat of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }

    /** The format that a {@code Content-Type} names, whatever its parameters; nothing for one that is not known here. */
    public static Optional<DocumentFormat> ofMediaType(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals("application/xhtml+xml")) {
            return Optional.of(HTML);
        }
        return Stream.of(values())
                .filter(format -> format.mediaType.equals(type))
                .findFirst();
    }
}
