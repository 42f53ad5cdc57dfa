package io.millrace.pack.audio.signal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a WAV file of floating-point samples of 32 bits: a stem may be louder than the sound it was in, and what is cut
 * off or rounded would be missing from the sum of all stems.
 */
public final class WavWriter implements Closeable {

    private static final int HEADER = 58;
    private static final int BUFFER = 1 << 16;
    private static final short IEEE_FLOAT = 3;

    private final FileChannel file;
    private final int channels;
    private final int sampleRate;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private long frames;

    public WavWriter(Path path, int channels, int sampleRate) throws IOException {
        this.channels = channels;
        this.sampleRate = sampleRate;
        this.file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        file.position(HEADER);
    }

    /** The most samples of each channel that a WAV file can have: its sizes are numbers of 32 bits. */
    public static long mostFrames(int channels) {
        return (0xFFFFFFFFL - HEADER) / (channels * (long) Float.BYTES);
    }

    /** Writes samples: an array for each channel, of which {@code count} samples from {@code from} on are written. */
    public void write(float[][] samples, int from, int count) throws IOException {
        for (int i = from; i < from + count; i++) {
            if (buffer.remaining() < channels * Float.BYTES) {
                flush();
            }
            for (float[] channel : samples) {
                buffer.putFloat(channel[i]);
            }
        }
        frames += count;
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        try (file) {
            flush();
            file.position(0);
            header();
            flush();
        }
    }

    private void header() {
        int frameBytes = channels * Float.BYTES;
        int dataBytes = (int) (frames * frameBytes);
        buffer.put(word("RIFF")).putInt(HEADER - 8 + dataBytes).put(word("WAVE"));
        buffer.put(word("fmt ")).putInt(18).putShort(IEEE_FLOAT).putShort((short) channels);
        buffer.putInt(sampleRate).putInt(sampleRate * frameBytes).putShort((short) frameBytes);
        buffer.putShort((short) Float.SIZE).putShort((short) 0);
        // Whatever is not PCM says once more how long it is.
        buffer.put(word("fact")).putInt(4).putInt((int) frames);
        buffer.put(word("data")).putInt(dataBytes);
    }

    private static byte[] word(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
