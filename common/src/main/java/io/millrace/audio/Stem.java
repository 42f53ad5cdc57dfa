package io.millrace.audio;

/**
 * A part of a sound, as a WAV file.
 *
 * @param name such as {@code percussive}; letters, digits, {@code _} and {@code -}
 * @param key where it is in the storage
 */
public record Stem(String name, String key, long sizeBytes) {}
