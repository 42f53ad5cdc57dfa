package io.millrace.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sounds as files: samples from -1 to 1, an array for each channel. */
public final class SoundFixture {

    private static final int FLAC_BLOCK = 4_096;

    private SoundFixture() {}

    /** A tone on each channel, each a little higher than the one before. */
    public static float[][] tone(int channels, int sampleRate, double seconds) {
        var samples = new float[channels][(int) (sampleRate * seconds)];
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < samples[channel].length; i++) {
                samples[channel][i] = (float) (0.5 * Math.sin(2 * Math.PI * 220 * (channel + 1) * i / sampleRate));
            }
        }
        return samples;
    }

    /** A PCM WAV file. */
    public static byte[] wav(float[][] samples, int sampleRate, int bits) {
        return wav(samples, sampleRate, bits, false, false);
    }

    /** A WAV file, with a chunk before its samples that nobody needs. */
    public static byte[] wav(float[][] samples, int sampleRate, int bits, boolean floating, boolean extensible) {
        int frameBytes = samples.length * bits / 8;
        int dataBytes = samples[0].length * frameBytes;
        int fmtBytes = extensible ? 40 : 16;
        var file =
                ByteBuffer.allocate(12 + 8 + fmtBytes + 8 + 4 + 8 + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(word("RIFF")).putInt(file.capacity() - 8).put(word("WAVE"));
        file.put(word("fmt ")).putInt(fmtBytes);
        file.putShort((short) (extensible ? 0xFFFE : floating ? 3 : 1)).putShort((short) samples.length);
        file.putInt(sampleRate)
                .putInt(sampleRate * frameBytes)
                .putShort((short) frameBytes)
                .putShort((short) bits);
        if (extensible) {
            file.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) (floating ? 3 : 1));
            file.put(new byte[14]);
        }
        // Three bytes, and one that fills them up.
        file.put(word("LIST")).putInt(3).put(new byte[4]);
        file.put(word("data")).putInt(dataBytes);
        for (int i = 0; i < samples[0].length; i++) {
            for (float[] channel : samples) {
                put(file, channel[i], bits, floating);
            }
        }
        return file.array();
    }

    private static void put(ByteBuffer file, float sample, int bits, boolean floating) {
        if (floating) {
            if (bits == 64) {
                file.putDouble(sample);
            } else {
                file.putFloat(sample);
            }
            return;
        }
        long value = Math.round(sample * (double) (1L << (bits - 1)));
        if (bits == 8) {
            file.put((byte) (value + 128));
        } else {
            for (int shift = 0; shift < bits; shift += 8) {
                file.put((byte) (value >> shift));
            }
        }
    }

    private static byte[] word(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /** A FLAC file (RFC 9639) of samples that are not compressed. */
    public static byte[] flac(float[][] samples, int sampleRate, int bits) {
        var file = new ByteArrayOutputStream();
        file.writeBytes(word("fLaC"));
        var info = ByteBuffer.allocate(38);
        info.putInt((0x80 << 24) | 34)
                .putShort((short) FLAC_BLOCK)
                .putShort((short) FLAC_BLOCK)
                .put(new byte[6]);
        info.putLong(
                ((long) sampleRate << 44) | ((samples.length - 1L) << 41) | ((bits - 1L) << 36) | samples[0].length);
        file.writeBytes(info.array());
        int number = 0;
        for (int from = 0; from < samples[0].length; from += FLAC_BLOCK) {
            file.writeBytes(flacFrame(samples, from, Math.min(FLAC_BLOCK, samples[0].length - from), bits, number++));
        }
        return file.toByteArray();
    }

    private static byte[] flacFrame(float[][] samples, int from, int count, int bits, int number) {
        var frame = new ByteArrayOutputStream();
        // A size of 16 bits follows; everything else is as the stream says.
        frame.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xF8, 0x70, (byte) ((samples.length - 1) << 4)});
        frame.writeBytes(Character.toString(number).getBytes(StandardCharsets.UTF_8));
        frame.write((count - 1) >> 8);
        frame.write(count - 1);
        frame.write(crc(frame.toByteArray(), 8, 0x07));
        for (float[] channel : samples) {
            // A verbatim subframe.
            frame.write(0x02);
            for (int i = from; i < from + count; i++) {
                long value = Math.round(channel[i] * (double) (1L << (bits - 1)));
                for (int shift = bits - 8; shift >= 0; shift -= 8) {
                    frame.write((int) (value >> shift));
                }
            }
        }
        int crc = crc(frame.toByteArray(), 16, 0x8005);
        frame.write(crc >> 8);
        frame.write(crc);
        return frame.toByteArray();
    }

    private static int crc(byte[] bytes, int width, int polynomial) {
        int crc = 0;
        int top = 1 << (width - 1);
        for (byte next : bytes) {
            crc ^= (next & 0xFF) << (width - 8);
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & top) != 0 ? (crc << 1) ^ polynomial : crc << 1;
            }
        }
        return crc & ((1 << width) - 1);
    }
}
