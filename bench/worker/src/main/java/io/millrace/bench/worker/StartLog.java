package io.millrace.bench.worker;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where the driver counts the handlers' starts: a file named after this process, one record of 37 bytes a start. Each
 * record is one write to a file opened for appending, so that threads need no lock between them.
 */
final class StartLog implements AutoCloseable {

    static final int RECORD = 37;

    private final FileOutputStream file;

    StartLog(Path folder) throws IOException {
        file = new FileOutputStream(
                folder.resolve(Long.toString(ProcessHandle.current().pid())).toFile(), true);
    }

    void append(String phase, int id, int attempt, long nanoTime) throws IOException {
        file.write(record(phase, id, attempt, nanoTime));
    }

    /** {@code "phase id monotonic_ns attempt\n"}, in columns: the phase left-aligned in 3, numbers zero-padded. */
    static byte[] record(String phase, int id, int attempt, long nanoTime) {
        if (phase.length() > 3) {
            throw new IllegalArgumentException("a phase has at most 3 characters, but this one is " + phase);
        }
        byte[] record = "                                    \n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < phase.length(); i++) {
            record[i] = (byte) phase.charAt(i);
        }
        digits(record, 4, 12, id);
        digits(record, 13, 33, nanoTime);
        digits(record, 34, 36, attempt);
        return record;
    }

    private static void digits(byte[] record, int from, int to, long number) {
        long left = number;
        for (int at = to - 1; at >= from; at--) {
            record[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
