package io.millrace.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Files by keys. A key is a path of letters, digits, {@code -}, {@code _} and {@code .}, such as {@code audio/7/input.wav}.
 * Every failure is an {@link IOException}, and asking again is safe.
 */
public interface Storage {

    /** Stores a file, in place of one that has the key. It is there whole or not at all, whatever happens meanwhile. */
    void put(String key, Path file) throws IOException;

    /**
     * Some bytes of a file.
     *
     * @param from the first byte, from 0
     * @param length how many there are from there on that are wanted, at least 1
     * @throws java.nio.file.NoSuchFileException if there is none of this key
     */
    InputStream open(String key, long from, long length) throws IOException;

    /**
     * Copies a stored file to a place of this machine.
     *
     * @throws java.nio.file.NoSuchFileException if there is none of this key
     */
    void fetch(String key, Path to) throws IOException;

    /** Deletes a file; it is no failure if there is none. */
    void delete(String key) throws IOException;
}
