package io.millrace.pack.audio.signal;

import io.millrace.audio.BadSound;
import io.millrace.audio.SoundHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes one sound apart. It is read hop by hop; what is held is a window of spectra as long as the median over time, one
 * frame of input, and one frame of output for each stem, however long the sound is.
 */
public final class Separation {

    /** Hears of what is done. */
    public interface Listener {
        /** So many samples of each channel are separated. @return whether to go on */
        boolean separated(long frames);
    }

    /** Takes a stem's samples, hop by hop. */
    public interface Sink {
        /** Takes {@code count} samples of each channel from {@code from} on; the arrays are used again afterwards. */
        void write(float[][] samples, int from, int count) throws IOException;
    }

    private final SoundReader sound;
    private final List<? extends Sink> sinks;
    private final Stft stft;
    private final Masks masks;
    private final int channels;
    private final int size;
    private final int hop;
    private final int halfFrames;
    private final int halfBins;

    private final float[][] input;
    /** Spectra that medians still need, by the number of their frame modulo their count. */
    private final List<Spectrum> spectra = new ArrayList<>();

    private final List<float[]> magnitudes = new ArrayList<>();
    private final RunningMedian[] overTime;
    private final RunningMedian overFrequency;
    private final float[] harmonic;
    private final float[] percussive;
    private final List<Spectrum> shares = new ArrayList<>();
    private final List<float[][]> outputs = new ArrayList<>();

    /** How many frames there are, once the end of the sound is known. */
    private long frames = Long.MAX_VALUE;

    private long samplesRead;
    private long samplesWritten;

    /**
     * Prepares it.
     *
     * @param sinks for each of {@link #stems} one
     */
    public Separation(SoundReader sound, Tuning tuning, List<? extends Sink> sinks) {
        SoundHeader header = sound.header();
        int rate = header.sampleRate();
        this.sound = sound;
        this.sinks = List.copyOf(sinks);
        this.channels = header.channels();
        this.size = tuning.frame(rate);
        this.stft = new Stft(size);
        this.hop = stft.hop();
        this.halfFrames = tuning.halfFrames(rate);
        this.halfBins = tuning.halfBins(rate);
        this.masks = new Masks(tuning.margin(), tuning.memory(rate), channels == 2, stft.bins());
        this.input = new float[channels][size];
        int window = 2 * halfFrames + 1;
        for (int i = 0; i < window; i++) {
            spectra.add(Spectrum.empty(channels, stft.bins()));
            magnitudes.add(new float[stft.bins()]);
        }
        this.overTime = new RunningMedian[stft.bins()];
        for (int bin = 0; bin < overTime.length; bin++) {
            overTime[bin] = new RunningMedian(window);
        }
        this.overFrequency = new RunningMedian(2 * halfBins + 1);
        this.harmonic = new float[stft.bins()];
        this.percussive = new float[stft.bins()];
        for (int i = 0; i < this.sinks.size(); i++) {
            shares.add(Spectrum.empty(channels, stft.bins()));
            outputs.add(new float[channels][size]);
        }
    }

    /** What a sound is taken apart into. */
    public static List<String> stems(Tuning tuning, int channels) {
        return Masks.stems(tuning.margin(), channels);
    }

    /**
     * Takes it apart, to its end or until the listener has had enough.
     *
     * @throws BadSound if the sound turns out to be broken
     */
    public void run(Listener listener) throws IOException, BadSound {
        // Each median looks half a window ahead, so that what is emitted is that much behind what is read.
        for (long now = 0; now - halfFrames < frames; now++) {
            forgetOldest(now);
            if (now < frames) {
                readHop(now);
                analyse(slot(now));
            }
            if (now >= halfFrames) {
                emit(now - halfFrames);
                if (!listener.separated(samplesWritten)) {
                    return;
                }
            }
        }
    }

    /** Moves the frame of input on by a hop: of the sound, or of the silence behind it. */
    private void readHop(long frame) throws IOException, BadSound {
        shift(input, hop);
        if (frames < Long.MAX_VALUE) {
            return;
        }
        int read = sound.read(input, size - hop, hop);
        samplesRead += read;
        if (read < hop) {
            // The last sample is under its last frame so many frames later.
            frames = frame + (read > 0 ? 1 : 0) + Stft.OVERLAP - 1;
        }
    }

    private static void shift(float[][] samples, int by) {
        for (float[] channel : samples) {
            System.arraycopy(channel, by, channel, 0, channel.length - by);
            Arrays.fill(channel, channel.length - by, channel.length, 0);
        }
    }

    private void analyse(int slot) {
        stft.analyse(input, spectra.get(slot));
        float[] now = magnitudes.get(slot);
        spectra.get(slot).magnitudes(now);
        for (int bin = 0; bin < now.length; bin++) {
            overTime[bin].add(now[bin]);
        }
    }

    /** Makes room for a frame: the one that is a whole window before it leaves the medians. */
    private void forgetOldest(long frame) {
        if (frame >= spectra.size()) {
            float[] oldest = magnitudes.get(slot(frame));
            for (int bin = 0; bin < oldest.length; bin++) {
                overTime[bin].remove(oldest[bin]);
            }
        }
    }

    private int slot(long frame) {
        return (int) (frame % spectra.size());
    }

    /** Separates the frame in the middle of the window, and writes the hop that is complete with it. */
    private void emit(long frame) throws IOException {
        int slot = slot(frame);
        for (int bin = 0; bin < harmonic.length; bin++) {
            harmonic[bin] = overTime[bin].median();
        }
        medianOverFrequency(magnitudes.get(slot));
        masks.shareOut(spectra.get(slot), harmonic, percussive, shares);
        for (int stem = 0; stem < outputs.size(); stem++) {
            stft.synthesise(shares.get(stem), outputs.get(stem));
        }
        // What the first frames complete lies before the sound.
        if (frame >= Stft.OVERLAP - 1) {
            int count = (int) Math.min(hop, samplesRead - samplesWritten);
            for (int stem = 0; stem < outputs.size(); stem++) {
                sinks.get(stem).write(outputs.get(stem), 0, count);
            }
            samplesWritten += count;
        }
        outputs.forEach(output -> shift(output, hop));
    }

    private void medianOverFrequency(float[] values) {
        overFrequency.clear();
        for (int bin = 0; bin < Math.min(halfBins, values.length); bin++) {
            overFrequency.add(values[bin]);
        }
        for (int bin = 0; bin < values.length; bin++) {
            if (bin + halfBins < values.length) {
                overFrequency.add(values[bin + halfBins]);
            }
            percussive[bin] = overFrequency.median();
            if (bin >= halfBins) {
                overFrequency.remove(values[bin - halfBins]);
            }
        }
    }
}
