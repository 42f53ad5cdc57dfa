package io.millrace.bench.client;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * One kept-alive HTTP/1.1 connection, for one thread at a time. Plain sockets, because this client's CPU time is part
 * of what is measured; bench/README.md has the comparison with {@code java.net.http}.
 */
final class HttpConnection implements Closeable {

    /** An answer. A class and not a record: it holds an array, and nobody compares answers. */
    static final class Response {

        private final int status;
        private final byte[] body;

        private Response(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        int status() {
            return status;
        }

        byte[] body() {
            return body;
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final String host;
    private final InputStream in;
    private final OutputStream out;
    // What has been read and not yet used lies between start and end.
    private final byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private long lastUsed = System.nanoTime();

    HttpConnection(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        host = server.getAuthority();
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** How long it has been idle. A server may close a connection that nobody uses. */
    Duration idle() {
        return Duration.ofNanos(System.nanoTime() - lastUsed);
    }

    Response get(String path) throws IOException {
        out.write(ascii("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
        return read();
    }

    /** The body is the first {@code length} bytes of {@code body}. */
    Response post(String path, String contentType, byte[] body, int length) throws IOException {
        byte[] head = ascii("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + contentType
                + "\r\nContent-Length: " + length + "\r\n\r\n");
        byte[] request = Arrays.copyOf(head, head.length + length);
        System.arraycopy(body, 0, request, head.length, length);
        out.write(request);
        return read();
    }

    private Response read() throws IOException {
        int status = status(line());
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(header, 15 + blanks(header, 15), header.length(), 10);
            } else if (header.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
                chunked = header.regionMatches(true, 18 + blanks(header, 18), "chunked", 0, 7);
            }
        }
        byte[] body = chunked ? chunks() : bytes(length);
        lastUsed = System.nanoTime();
        return new Response(status, body);
    }

    private static int status(String line) throws IOException {
        if (line.length() < 12 || !line.startsWith("HTTP/1.1 ")) {
            throw new IOException("not an HTTP/1.1 answer: " + line);
        }
        return Integer.parseInt(line, 9, 12, 10);
    }

    private static int blanks(String header, int from) {
        int at = from;
        while (at < header.length() && header.charAt(at) == ' ') {
            at++;
        }
        return at - from;
    }

    private byte[] chunks() throws IOException {
        byte[] body = new byte[0];
        while (true) {
            String size = line();
            int extension = size.indexOf(';');
            int length = Integer.parseInt(size, 0, extension < 0 ? size.length() : extension, 16);
            byte[] chunk = bytes(length);
            if (!line().isEmpty()) {
                throw new IOException("a chunk is longer than it says, or is followed by trailers");
            }
            if (length == 0) {
                return body;
            }
            int old = body.length;
            body = Arrays.copyOf(body, old + length);
            System.arraycopy(chunk, 0, body, old, length);
        }
    }

    private String line() throws IOException {
        for (int at = start; ; at++) {
            if (at == end) {
                int searched = at - start;
                fill();
                at = start + searched;
            }
            if (buffer[at] == '\n') {
                String line = new String(buffer, start, at - 1 - start, StandardCharsets.ISO_8859_1);
                start = at + 1;
                return line;
            }
        }
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        int have = Math.min(count, end - start);
        System.arraycopy(buffer, start, bytes, 0, have);
        start += have;
        if (in.readNBytes(bytes, have, count - have) < count - have) {
            throw new EOFException("the server closed the connection within an answer");
        }
        return bytes;
    }

    private void fill() throws IOException {
        if (start == end) {
            start = 0;
            end = 0;
        } else if (end == buffer.length) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        int count = in.read(buffer, end, buffer.length - end);
        if (count <= 0) {
            throw new EOFException("the server closed the connection");
        }
        end += count;
    }

    private static byte[] ascii(String head) {
        return head.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
