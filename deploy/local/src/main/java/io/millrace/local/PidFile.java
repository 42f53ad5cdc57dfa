package io.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;

/** Where a component's process is written down: pid, start in milliseconds since 1970, port, with a space between. */
record PidFile(Path path) {

    record Entry(ProcessId process, int port) {}

    /** What it says, if that process still runs. */
    Optional<Entry> running() {
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            String[] words = Files.readString(path).strip().split(" ", -1);
            Entry entry = new Entry(
                    new ProcessId(Long.parseLong(words[0]), Instant.ofEpochMilli(Long.parseLong(words[1]))),
                    Integer.parseInt(words[2]));
            return Optional.of(entry).filter(e -> e.process().alive());
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new LocalFailure(
                    path + " cannot be read. Delete it, once you know that its process does not run.", e);
        }
    }

    void write(Entry entry) {
        try {
            Files.createDirectories(path.getParent());
            Path fresh = path.resolveSibling(path.getFileName() + ".new");
            Files.writeString(
                    fresh,
                    entry.process().pid() + " " + entry.process().startedAt().toEpochMilli() + " " + entry.port()
                            + "\n");
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path, e);
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + path, e);
        }
    }
}
