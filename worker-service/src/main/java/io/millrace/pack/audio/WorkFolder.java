package io.millrace.pack.audio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder for one run, gone when it is closed. A run that was killed could not close its own: the next run of whatever job
 * sweeps those that nobody has touched for a day.
 */
record WorkFolder(Path path) implements Closeable {

    private static final Duration ABANDONED = Duration.ofDays(1);

    static WorkFolder of(Path parent, UUID run, Instant now) throws IOException {
        Files.createDirectories(parent);
        sweep(parent, now.minus(ABANDONED));
        return new WorkFolder(Files.createDirectory(parent.resolve(run.toString())));
    }

    private static void sweep(Path parent, Instant before) throws IOException {
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(parent)) {
            for (Path run : runs) {
                if (Files.getLastModifiedTime(run).toInstant().isBefore(before)) {
                    delete(run);
                }
            }
        } catch (NoSuchFileException e) {
            // Another run ends, or sweeps as well.
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> content;
        try (Stream<Path> all = Files.walk(folder)) {
            content = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : content) {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }
}
