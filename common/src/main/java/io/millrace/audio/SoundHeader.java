package io.millrace.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * What the beginning of a file says about the sound in it. A WAV file is read as "Multimedia Programming Interface and
 * Data Specifications 1.0" and Microsoft's {@code WAVE_FORMAT_EXTENSIBLE} define it, a FLAC file as RFC 9639 does.
 *
 * @param bits of a sample, as it is stored
 * @param floating whether samples are floating-point numbers
 * @param frames how many samples each channel has, -1 where the file does not say
 * @param dataAt where the samples begin, in bytes from the beginning of a WAV file; 0 for FLAC
 * @param dataBytes how many bytes of a WAV file are samples; 0 for FLAC
 */
public record SoundHeader(
        Format format,
        int sampleRate,
        int channels,
        int bits,
        boolean floating,
        long frames,
        long dataAt,
        long dataBytes) {

    /** The kinds of files that are read. */
    public enum Format {
        WAV("wav"),
        FLAC("flac");

        private final String wireName;

        Format(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    private static final int MOST_CHANNELS = 8;
    private static final int LOWEST_RATE = 1_000;
    private static final int HIGHEST_RATE = 384_000;

    private static final int PCM = 1;
    private static final int IEEE_FLOAT = 3;
    private static final int EXTENSIBLE = 0xFFFE;
    /** Bytes of a {@code fmt } chunk that say something: 16, or 40 for an extensible one. */
    private static final int FMT_BYTES = 40;
    /** Whoever writes a WAV file without knowing its end leaves one of these sizes. */
    private static final long UNKNOWN_SIZE = 0xFFFFFFFFL;
    /** Chunks before the samples: a file of more is not one that anybody has made to be heard. */
    private static final int MOST_CHUNKS = 1_000;

    private static final int STREAM_INFO_BYTES = 34;

    /**
     * Reads it.
     *
     * @param file from its beginning; left anywhere
     * @throws BadSound if it is no WAV and no FLAC file, or one that cannot be right
     */
    public static SoundHeader read(SeekableByteChannel file) throws IOException, BadSound {
        if (file.size() == 0) {
            throw new BadSound(BadSound.Fault.EMPTY, "The file is empty.");
        }
        ByteBuffer first = bytes(file, 0, 12);
        SoundHeader header;
        if (isAt(first, 0, "fLaC")) {
            header = flac(file);
        } else if (isAt(first, 0, "RIFF") && isAt(first, 8, "WAVE")) {
            header = wav(file);
        } else {
            throw new BadSound(BadSound.Fault.NOT_AUDIO, "The file is neither WAV nor FLAC.");
        }
        return header.checked();
    }

    /** How long the sound is in seconds, -1 where the file does not say. */
    public double seconds() {
        return frames < 0 ? -1 : (double) frames / sampleRate;
    }

    /** A WAV file's bytes of one sample of all channels. */
    public int frameBytes() {
        return channels * bits / 8;
    }

    private SoundHeader checked() throws BadSound {
        if (channels < 1 || channels > MOST_CHANNELS) {
            throw new BadSound(
                    BadSound.Fault.UNSUPPORTED,
                    "The sound has " + channels + " channels; 1 to " + MOST_CHANNELS + " are read.");
        }
        if (sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE) {
            throw new BadSound(
                    BadSound.Fault.UNSUPPORTED,
                    "The sound has " + Integer.toUnsignedString(sampleRate) + " samples a second; " + LOWEST_RATE
                            + " to " + HIGHEST_RATE + " are read.");
        }
        if (frames == 0) {
            throw new BadSound(BadSound.Fault.EMPTY, "There are no samples in the file.");
        }
        return this;
    }

    private static SoundHeader wav(SeekableByteChannel file) throws IOException, BadSound {
        ByteBuffer fmt = null;
        long at = 12;
        for (int i = 0; i < MOST_CHUNKS && at + 8 <= file.size(); i++) {
            ByteBuffer chunk = bytes(file, at, 8);
            long size = Integer.toUnsignedLong(chunk.getInt(4));
            if (isAt(chunk, 0, "fmt ")) {
                if (size < 16) {
                    throw corrupt("The fmt chunk has " + size + " bytes, and needs 16.");
                }
                fmt = bytes(file, at + 8, (int) Math.min(size, FMT_BYTES));
            } else if (isAt(chunk, 0, "data")) {
                if (fmt == null) {
                    throw corrupt("There are samples before a fmt chunk says what they are.");
                }
                return wav(fmt, at + 8, size, file.size());
            }
            // Chunks begin at even places.
            at += 8 + size + (size & 1);
        }
        throw corrupt(
                fmt == null ? "There is no fmt chunk in the WAV file." : "There is no data chunk in the WAV file.");
    }

    private static SoundHeader wav(ByteBuffer fmt, long dataAt, long said, long fileSize) throws BadSound {
        int tag = Short.toUnsignedInt(fmt.getShort(0));
        int channels = Short.toUnsignedInt(fmt.getShort(2));
        int rate = fmt.getInt(4);
        int blockAlign = Short.toUnsignedInt(fmt.getShort(12));
        int bits = Short.toUnsignedInt(fmt.getShort(14));
        if (tag == EXTENSIBLE) {
            if (fmt.limit() < FMT_BYTES) {
                throw corrupt("The fmt chunk of an extensible WAV file has " + fmt.limit() + " bytes, and needs 40.");
            }
            tag = Short.toUnsignedInt(fmt.getShort(24));
        }
        boolean floating = tag == IEEE_FLOAT;
        boolean read = floating
                ? bits == 32 || bits == 64
                : tag == PCM && (bits == 8 || bits == 16 || bits == 24 || bits == 32);
        if (!read) {
            throw new BadSound(
                    BadSound.Fault.UNSUPPORTED,
                    "The WAV file has samples of format " + tag + " and " + bits
                            + " bits; read are PCM of 8, 16, 24 and 32 bits, and floating-point numbers of 32 and 64.");
        }
        if (blockAlign != channels * bits / 8) {
            throw corrupt("The WAV file says that a sample of " + channels + " channels of " + bits + " bits has "
                    + blockAlign + " bytes.");
        }
        long there = fileSize - dataAt;
        boolean unknown = said == UNKNOWN_SIZE || (said == 0 && there > 0);
        if (!unknown && said > there) {
            throw corrupt(
                    "The WAV file ends early: " + said + " bytes of samples are announced, " + there + " are there.");
        }
        long bytes = unknown ? there : said;
        long frames = blockAlign == 0 ? 0 : bytes / blockAlign;
        return new SoundHeader(Format.WAV, rate, channels, bits, floating, frames, dataAt, frames * blockAlign);
    }

    private static SoundHeader flac(SeekableByteChannel file) throws IOException, BadSound {
        ByteBuffer block = bytes(file, 4, 4 + STREAM_INFO_BYTES).order(ByteOrder.BIG_ENDIAN);
        int type = block.get(0) & 0x7F;
        int length = block.getInt(0) & 0xFFFFFF;
        if (type != 0 || length != STREAM_INFO_BYTES) {
            throw corrupt("The FLAC file does not begin with its STREAMINFO.");
        }
        // 20 bits of sample rate, 3 of channels - 1, 5 of bits - 1, 36 of samples.
        long packed = block.getLong(4 + 10);
        int rate = (int) (packed >>> 44);
        int channels = (int) ((packed >>> 41) & 0x7) + 1;
        int bits = (int) ((packed >>> 36) & 0x1F) + 1;
        long frames = packed & 0xFFFFFFFFFL;
        if (bits != 8 && bits != 16 && bits != 24) {
            throw new BadSound(
                    BadSound.Fault.UNSUPPORTED,
                    "The FLAC file has samples of " + bits + " bits; 8, 16 and 24 are read.");
        }
        return new SoundHeader(Format.FLAC, rate, channels, bits, false, frames == 0 ? -1 : frames, 0, 0);
    }

    private static BadSound corrupt(String message) {
        return new BadSound(BadSound.Fault.CORRUPT, message);
    }

    private static ByteBuffer bytes(SeekableByteChannel file, long from, int count) throws IOException, BadSound {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        file.position(from);
        while (buffer.hasRemaining()) {
            if (file.read(buffer) < 0) {
                if (from == 0) {
                    throw new BadSound(BadSound.Fault.NOT_AUDIO, "The file is neither WAV nor FLAC.");
                }
                throw corrupt("The file ends within its header.");
            }
        }
        return buffer.flip();
    }

    private static boolean isAt(ByteBuffer bytes, int at, String word) {
        byte[] expected = word.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < expected.length; i++) {
            if (bytes.get(at + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
