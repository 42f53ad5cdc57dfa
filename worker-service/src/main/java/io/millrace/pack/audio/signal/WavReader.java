package io.millrace.pack.audio.signal;

import io.millrace.audio.BadSound;
import io.millrace.audio.SoundHeader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the samples of a WAV file. */
final class WavReader implements SoundReader {

    private static final int BUFFER = 1 << 16;

    /** Samples are from -1 to 1, and in floating-point files a little beyond; squares of these still are numbers. */
    private static final float LOUDEST = 1e6f;

    private final SoundHeader header;
    private final InputStream in;
    private long left;
    private byte[] bytes = new byte[0];

    WavReader(Path file, SoundHeader header) throws IOException {
        this.header = header;
        this.left = header.frames();
        this.in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        in.skipNBytes(header.dataAt());
    }

    @Override
    public SoundHeader header() {
        return header;
    }

    @Override
    public int read(float[][] into, int from, int count) throws IOException, BadSound {
        int frames = (int) Math.min(count, left);
        int length = frames * header.frameBytes();
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        if (in.readNBytes(bytes, 0, length) < length) {
            throw new BadSound(BadSound.Fault.CORRUPT, "The WAV file ends before its samples do.");
        }
        ByteBuffer samples = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = from; i < from + frames; i++) {
            for (float[] channel : into) {
                channel[i] = sample(samples);
            }
        }
        left -= frames;
        return frames;
    }

    private float sample(ByteBuffer samples) throws BadSound {
        float sample = switch (header.bits()) {
            // Only those of 8 bits are without a sign.
            case 8 -> ((samples.get() & 0xFF) - 128) / 128f;
            case 16 -> samples.getShort() / 32_768f;
            case 24 -> ((samples.get() & 0xFF) | ((samples.get() & 0xFF) << 8) | (samples.get() << 16)) / 8_388_608f;
            case 32 -> header.floating() ? samples.getFloat() : samples.getInt() / 0x1p31f;
            default -> (float) samples.getDouble();
        };
        if (!(Math.abs(sample) <= LOUDEST)) {
            throw new BadSound(
                    BadSound.Fault.CORRUPT, "The WAV file has samples that are no numbers, or beyond all measure.");
        }
        return sample;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
