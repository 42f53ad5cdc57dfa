package io.millrace.api.event;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An event as a stream has it: an id, if it is on Kafka, and one line of data. Made once, for all who get it. */
final class Frame {

    /** Nothing to write. */
    static final Frame EMPTY = new Frame(new byte[0]);

    private final byte[] bytes;

    private Frame(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The frame of an event's JSON, which has no line breaks. */
    static Frame of(@Nullable EventId id, byte[] json, int from, int to) {
        var frame = new ByteArrayOutputStream(to - from + 64);
        if (id != null) {
            frame.writeBytes(("id: " + id + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        frame.writeBytes("data: ".getBytes(StandardCharsets.US_ASCII));
        frame.write(json, from, to - from);
        frame.write('\n');
        frame.write('\n');
        return new Frame(frame.toByteArray());
    }

    void writeTo(OutputStream stream) throws IOException {
        stream.write(bytes);
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
