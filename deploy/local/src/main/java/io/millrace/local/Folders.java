package io.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that are complete or not there at all. */
final class Folders {

    /** Fills a fresh folder. */
    interface Filler {
        void fill(Path folder) throws IOException;
    }

    private Folders() {}

    /**
     * Makes {@code folder} with what {@code filler} puts in it. It is filled beside its place and moved there in one step:
     * whoever is interrupted half-way leaves nothing that a later start could mistake for the whole, and of two processes
     * that do this at once the first one wins and the other uses the winner's.
     */
    static void createWhole(Path folder, Filler filler) {
        try {
            Path parent = Files.createDirectories(folder.toAbsolutePath().getParent());
            Path unfinished = Files.createTempDirectory(parent, folder.getFileName() + ".unfinished-");
            try {
                filler.fill(unfinished);
                move(unfinished, folder);
            } finally {
                delete(unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make " + folder, e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (IOException e) {
            if (isEmpty(to)) {
                throw e;
            }
            // Another process was quicker; its folder is as whole as ours.
        }
    }

    /** Whether there is nothing at this place, or a folder without anything in it. */
    static boolean isEmpty(Path folder) {
        if (!Files.exists(folder)) {
            return true;
        }
        try (Stream<Path> content = Files.list(folder)) {
            return content.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder, e);
        }
    }

    /** Deletes a folder with all that is in it; nothing happens if there is none. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody else deletes it too.
        }
    }
}
