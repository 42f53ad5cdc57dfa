package io.millrace.pack.audio.signal;

/**
 * How sounds are separated. Lengths are in time and frequency, so that they mean the same at every sample rate.
 *
 * @param frameSeconds about how long a frame is; the nearest power of two in samples is taken
 * @param harmonicSeconds over how much time the median is that leaves tones
 * @param percussiveHertz over which band the median is that leaves strokes
 * @param margin by which one must exceed the other, from 1 on; above 1 there is a residual
 * @param memorySeconds over how long what both channels have in common is averaged, 0 for not at all
 */
public record Tuning(
        double frameSeconds, double harmonicSeconds, double percussiveHertz, double margin, double memorySeconds) {

    /** Within the ranges of the papers; {@code bench/audio.sh} prints how well they do. */
    public static final Tuning DEFAULT = new Tuning(0.093, 0.4, 200, 1, 0.05);

    public Tuning {
        if (!(frameSeconds > 0 && harmonicSeconds > 0 && percussiveHertz > 0 && margin >= 1 && memorySeconds >= 0)) {
            throw new IllegalArgumentException("not a tuning: " + frameSeconds + ", " + harmonicSeconds + ", "
                    + percussiveHertz + ", " + margin + ", " + memorySeconds);
        }
    }

    public Tuning withMargin(double value) {
        return new Tuning(frameSeconds, harmonicSeconds, percussiveHertz, value, memorySeconds);
    }

    int frame(int sampleRate) {
        double samples = frameSeconds * sampleRate;
        return 1 << Math.max(5, (int) Math.round(Math.log(samples) / Math.log(2)));
    }

    /** How many frames before and after one its median over time takes in. */
    int halfFrames(int sampleRate) {
        double hop = (double) frame(sampleRate) / Stft.OVERLAP / sampleRate;
        return Math.max(1, (int) Math.round(harmonicSeconds / hop / 2));
    }

    /** How many frequencies below and above one its median over frequency takes in. */
    int halfBins(int sampleRate) {
        double width = (double) sampleRate / frame(sampleRate);
        return Math.max(1, (int) Math.round(percussiveHertz / width / 2));
    }

    /** How much of the average of the frame before is left. */
    double memory(int sampleRate) {
        double hop = (double) frame(sampleRate) / Stft.OVERLAP / sampleRate;
        return memorySeconds == 0 ? 0 : Math.exp(-hop / memorySeconds);
    }
}
