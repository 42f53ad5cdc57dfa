package io.millrace.pack.audio.signal;

import io.millrace.audio.BadSound;
import io.millrace.audio.SoundHeader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jflac.FLACDecoder;
import org.jflac.frame.Frame;
import org.jflac.util.ByteData;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples of a FLAC file, which jFLAC decodes frame by frame. It is asked for frames one at a time, and not
 * through Java Sound, which would find it by a service loader.
 */
final class FlacReader implements SoundReader {

    private static final int BUFFER = 1 << 16;

    private final SoundHeader header;
    private final InputStream in;
    private final FLACDecoder decoder;
    private long read;
    private @Nullable ByteData decoded;
    private int at;

    FlacReader(Path file, SoundHeader header) throws IOException, BadSound {
        this.header = header;
        this.in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        this.decoder = new FLACDecoder(in);
        try {
            decoder.readMetadata();
        } catch (EOFException | RuntimeException e) {
            in.close();
            throw corrupt("its metadata cannot be read");
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public SoundHeader header() {
        return header;
    }

    @Override
    public int read(float[][] into, int from, int count) throws IOException, BadSound {
        int done = 0;
        while (done < count) {
            ByteData frame = frame();
            if (frame == null) {
                break;
            }
            int frames = Math.min(count - done, (frame.getLen() - at) / header.frameBytes());
            for (int i = from + done; i < from + done + frames; i++) {
                for (float[] channel : into) {
                    channel[i] = sample(frame.getData());
                }
            }
            done += frames;
        }
        read += done;
        if (done < count && header.frames() >= 0 && read < header.frames()) {
            throw corrupt("it ends after " + read + " of " + header.frames() + " samples");
        }
        return done;
    }

    /** The frame with what is to be read next, null at the end. */
    private @Nullable ByteData frame() throws IOException, BadSound {
        ByteData now = decoded;
        while (now == null || at >= now.getLen()) {
            Frame frame = next();
            // Of a frame with a wrong checksum jFLAC makes silence, and says nothing. Over a frame and its checksum
            // together,
            // the checksum is 0.
            if (decoder.getBadFrames() > 0
                    || (frame != null && decoder.getBitInputStream().getReadCRC16() != 0)) {
                throw corrupt("a frame has a wrong checksum, or is cut off");
            }
            if (frame == null) {
                return null;
            }
            if (frame.header.channels != header.channels() || frame.header.bitsPerSample != header.bits()) {
                throw corrupt("its frames are of different kinds");
            }
            now = decoder.decodeFrame(frame, now);
            decoded = now;
            at = 0;
        }
        return now;
    }

    private @Nullable Frame next() throws IOException, BadSound {
        try {
            return decoder.readNextFrame();
        } catch (EOFException e) {
            return null;
        } catch (RuntimeException e) {
            // What it meets in a broken file is an index out of some array.
            throw corrupt("a frame cannot be decoded");
        }
    }

    private float sample(byte[] bytes) {
        return switch (header.bits()) {
            // As in a WAV file, which this is meant for: without a sign.
            case 8 -> ((bytes[at++] & 0xFF) - 128) / 128f;
            case 16 -> ((bytes[at++] & 0xFF) | (bytes[at++] << 8)) / 32_768f;
            default -> ((bytes[at++] & 0xFF) | ((bytes[at++] & 0xFF) << 8) | (bytes[at++] << 16)) / 8_388_608f;
        };
    }

    private static BadSound corrupt(String how) {
        return new BadSound(BadSound.Fault.CORRUPT, "The FLAC file is broken: " + how + ".");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
