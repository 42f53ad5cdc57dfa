package io.millrace.worker.child;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of the pipes between a worker and its child. Each message is a line of its own that begins with a word only
 * these two know: what a library, or the Java machine itself, prints between them is told apart and passed on as noise.
 */
final class Channel implements Closeable {

    private final InputStream in;
    private final OutputStream out;
    private final String mark;
    private final int limit;
    private final Consumer<String> noise;
    private final MessageJson json = new MessageJson();

    /** @param limit the longest message, in bytes */
    Channel(InputStream in, OutputStream out, String mark, int limit, Consumer<String> noise) {
        this.in = new BufferedInputStream(in);
        this.out = out;
        this.mark = mark + " ";
        this.limit = limit;
        this.noise = noise;
    }

    /**
     * Sends a message; waits while the other side does not read.
     *
     * @throws MessageTooLong without having sent anything
     */
    void send(Message message) throws IOException {
        write(encode(message));
    }

    /** A message as the bytes to be written. */
    byte[] encode(Message message) throws MessageTooLong {
        byte[] body = json.write(message);
        if (body.length > limit) {
            throw new MessageTooLong(body.length, limit);
        }
        var line = new ByteArrayOutputStream(body.length + mark.length() + 2);
        // What somebody else has begun to print on this line ends here.
        line.write('\n');
        line.writeBytes(mark.getBytes(StandardCharsets.UTF_8));
        line.writeBytes(body);
        line.write('\n');
        return line.toByteArray();
    }

    void write(byte[] line) throws IOException {
        synchronized (out) {
            out.write(line);
            out.flush();
        }
    }

    /** Waits for the next message; null once the other side has gone. */
    @Nullable
    Message receive() throws IOException {
        while (true) {
            String line = readLine();
            if (line == null) {
                return null;
            }
            if (line.startsWith(mark)) {
                return json.read(line.substring(mark.length()));
            }
            if (!line.isBlank()) {
                noise.accept(line);
            }
        }
    }

    private @Nullable String readLine() throws IOException {
        var line = new ByteArrayOutputStream(256);
        while (true) {
            int next = in.read();
            if (next == '\n' || (next < 0 && line.size() > 0)) {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (next < 0) {
                return null;
            }
            if (line.size() >= limit + mark.length()) {
                throw new IOException("a line of more than " + limit + " bytes was received");
            }
            line.write(next);
        }
    }

    /** The other side sees that this one has gone. */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
