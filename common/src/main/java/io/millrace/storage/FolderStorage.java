package io.millrace.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files in a folder. */
public final class FolderStorage implements Storage {

    private final Path root;

    public FolderStorage(Path folder) {
        this.root = folder.toAbsolutePath().normalize();
    }

    @Override
    public void put(String key, Path file) throws IOException {
        Path place = place(key);
        Path folder = Files.createDirectories(parent(place));
        Path unfinished = Files.createTempFile(folder, ".unfinished-", null);
        try {
            Files.copy(file, unfinished, StandardCopyOption.REPLACE_EXISTING);
            try (var written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    @Override
    public InputStream open(String key, long from, long length) throws IOException {
        FileChannel channel =
                FileChannel.open(place(key), StandardOpenOption.READ).position(from);
        return new FirstBytes(Channels.newInputStream(channel), length);
    }

    @Override
    public void fetch(String key, Path to) throws IOException {
        Files.copy(place(key), to, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String key) throws IOException {
        Path place = place(key);
        Files.deleteIfExists(place);
        forgetEmpty(parent(place));
    }

    private void forgetEmpty(Path folder) throws IOException {
        Path at = folder;
        while (!at.equals(root)) {
            try (var left = Files.newDirectoryStream(at)) {
                if (left.iterator().hasNext()) {
                    return;
                }
            } catch (NoSuchFileException e) {
                // Somebody else has deleted the last file of it.
            }
            try {
                Files.deleteIfExists(at);
            } catch (DirectoryNotEmptyException e) {
                // Something has been put there meanwhile.
                return;
            }
            at = parent(at);
        }
    }

    private Path place(String key) {
        Path place = root.resolve(key).normalize();
        if (!place.startsWith(root) || place.equals(root)) {
            throw new IllegalArgumentException("no key of a file: " + key);
        }
        return place;
    }

    private static Path parent(Path place) {
        Path parent = place.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(place + " is in no folder");
        }
        return parent;
    }

    /** The first bytes of a stream, so many at most. */
    private static final class FirstBytes extends FilterInputStream {
        private long left;

        FirstBytes(InputStream in, long count) {
            super(in);
            this.left = count;
        }

        @Override
        public int read() throws IOException {
            int next = left > 0 ? super.read() : -1;
            if (next >= 0) {
                left--;
            }
            return next;
        }

        @Override
        public int read(byte[] into, int at, int count) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = super.read(into, at, (int) Math.min(count, left));
            if (read > 0) {
                left -= read;
            }
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = super.skip(Math.min(count, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
