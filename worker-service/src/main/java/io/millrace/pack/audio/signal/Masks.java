package io.millrace.pack.audio.signal;

import java.util.List;
import java.util.stream.Stream;

/**
 * Shares a spectrum out among stems; whatever is in it goes to some stem, and to none more than once.
 *
 * <p><b>Harmonic and percussive.</b> Tones are ridges along time, strokes are ridges along frequency. What a median over
 * time leaves of the magnitudes is harmonic, what a median over frequency leaves is percussive, and each bin is shared out
 * by the squares of the two, as a Wiener filter would: D. Fitzgerald, "Harmonic/Percussive Separation using Median
 * Filtering", DAFx-10, 2010. With a margin above 1, one must exceed the other by it before a bin is its own, and what is
 * neither goes to a residual: J. Driedger, M. Müller, S. Disch, "Extending Harmonic-Percussive Separation of Audio
 * Signals", ISMIR 2014, here with soft masks.
 *
 * <p><b>Centre and sides</b>, of stereo. What both channels have in common at a frequency is in the centre, where voices
 * usually are. By the short-time correlation of the channels (C. Avendano, J.-M. Jot, "A Frequency-Domain Approach to
 * Multichannel Upmix", J. Audio Eng. Soc. 52, 2004), the centre is the part of the mid signal that is expected to be
 * common to both: the Wiener filter for a centre in both channels and sides that have nothing to do with each other.
 */
final class Masks {

    static final String HARMONIC = "harmonic";
    static final String PERCUSSIVE = "percussive";
    static final String RESIDUAL = "residual";
    static final String CENTRE = "centre";
    static final String SIDES = "sides";

    /** Below this there is nothing to share out. */
    private static final double SILENCE = 1e-20;

    private final double margin;
    private final boolean stereo;

    /** What was common to both channels, and what was there, a moment ago, by frequency. */
    private final double[] common;

    private final double[] total;
    private final double memory;

    /**
     * @param margin from 1 on
     * @param memory how much of the correlation a moment ago counts, from 0 to below 1
     */
    Masks(double margin, double memory, boolean stereo, int bins) {
        this.margin = margin;
        this.memory = memory;
        this.stereo = stereo;
        this.common = new double[bins];
        this.total = new double[bins];
    }

    /** The stems there are; each pair of harmonic and percussive (with the residual), centre and sides, is the whole. */
    static List<String> stems(double margin, int channels) {
        List<String> stems = margin > 1 ? List.of(HARMONIC, PERCUSSIVE, RESIDUAL) : List.of(HARMONIC, PERCUSSIVE);
        return channels == 2
                ? Stream.concat(stems.stream(), Stream.of(CENTRE, SIDES)).toList()
                : stems;
    }

    /**
     * Shares out one spectrum.
     *
     * @param harmonic medians over time, by frequency
     * @param percussive medians over frequency
     * @param into a spectrum for each of the {@link #stems}
     */
    void shareOut(Spectrum from, float[] harmonic, float[] percussive, List<Spectrum> into) {
        int next = margin > 1 ? 3 : 2;
        for (int bin = 0; bin < harmonic.length; bin++) {
            double h = (double) harmonic[bin] * harmonic[bin];
            double p = (double) percussive[bin] * percussive[bin];
            double toHarmonic = share(h, p);
            double toPercussive = margin > 1 ? share(p, h) : 1 - toHarmonic;
            scale(from, toHarmonic, bin, into.get(0));
            scale(from, toPercussive, bin, into.get(1));
            if (margin > 1) {
                scale(from, 1 - toHarmonic - toPercussive, bin, into.get(2));
            }
            if (stereo) {
                centre(from, bin, into.get(next), into.get(next + 1));
            }
        }
    }

    private double share(double wanted, double other) {
        double sum = wanted + margin * margin * other;
        // Of silence each gets its part, so that the parts sum to it.
        return sum < SILENCE ? 1 / (1 + margin * margin) : wanted / sum;
    }

    private static void scale(Spectrum from, double gain, int bin, Spectrum into) {
        for (int channel = 0; channel < from.channels(); channel++) {
            into.re()[channel][bin] = (float) (gain * from.re()[channel][bin]);
            into.im()[channel][bin] = (float) (gain * from.im()[channel][bin]);
        }
    }

    private void centre(Spectrum from, int bin, Spectrum centre, Spectrum sides) {
        double leftRe = from.re()[0][bin];
        double leftIm = from.im()[0][bin];
        double rightRe = from.re()[1][bin];
        double rightIm = from.im()[1][bin];
        double inCommon = leftRe * rightRe + leftIm * rightIm;
        double power = leftRe * leftRe + leftIm * leftIm + rightRe * rightRe + rightIm * rightIm;
        common[bin] = memory * common[bin] + (1 - memory) * inCommon;
        total[bin] = memory * total[bin] + (1 - memory) * power;
        // Of the mid signal's power, (total + 2 common) / 4, so much is expected to be the centre's.
        double mid = total[bin] + 2 * common[bin];
        double gain = mid < SILENCE ? 0 : Math.clamp(4 * common[bin] / mid, 0, 1);
        float re = (float) (gain * (leftRe + rightRe) / 2);
        float im = (float) (gain * (leftIm + rightIm) / 2);
        for (int channel = 0; channel < 2; channel++) {
            centre.re()[channel][bin] = re;
            centre.im()[channel][bin] = im;
            sides.re()[channel][bin] = from.re()[channel][bin] - re;
            sides.im()[channel][bin] = from.im()[channel][bin] - im;
        }
    }
}
