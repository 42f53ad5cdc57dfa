package io.millrace.pack.audio.signal;

import io.millrace.audio.BadSound;
import io.millrace.audio.SoundHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A sound that is read from its beginning to its end. Samples are from -1 to 1. */
public interface SoundReader extends Closeable {

    SoundHeader header();

    /**
     * Reads what comes next.
     *
     * @param into an array for each channel, as long as the others
     * @param from where in those arrays to begin
     * @param count how many samples of each channel are wanted
     * @return how many there were: fewer only at the end of the sound
     * @throws BadSound if the file turns out to be broken
     */
    int read(float[][] into, int from, int count) throws IOException, BadSound;

    /** A WAV or FLAC file. */
    static SoundReader open(Path file) throws IOException, BadSound {
        SoundHeader header;
        try (var channel = FileChannel.open(file)) {
            header = SoundHeader.read(channel);
        }
        return switch (header.format()) {
            case WAV -> new WavReader(file, header);
            case FLAC -> new FlacReader(file, header);
        };
    }
}
