package io.millrace.store;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Text that is stored compressed. Quickly rather than tightly: JSON shrinks well either way. */
final class Gzip {

    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, 8_192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    private Gzip() {}

    /** A text compressed if it has more bytes than this in UTF-8, else null. */
    static @Nullable Buffer ifLonger(String text, long bytes) {
        // No character has more than three bytes, so most texts need not be looked at.
        if (3L * text.length() <= bytes) {
            return null;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return utf8.length <= bytes ? null : compressed(utf8);
    }

    private static Buffer compressed(byte[] text) {
        var out = new ByteArrayOutputStream(text.length / 4 + 64);
        try (var gzip = new Fast(out)) {
            gzip.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException("writing memory cannot fail", e);
        }
        return Buffer.buffer(out.toByteArray());
    }

    static String text(Buffer compressed) {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed.getBytes()))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("what was compressed here can be read here", e);
        }
    }
}
