package io.millrace.pack.audio.signal;

import org.apache.commons.math4.transform.FastFourierTransform;

/**
 * The short-time Fourier transform and its inverse by overlapping and adding: frames under the square root of a Hann
 * window, before and after, a quarter of a frame apart, of which those of what was not changed sum to what was put in.
 * Channels are transformed two at a time, as the real and the imaginary part of one signal.
 *
 * <p>The transform itself is that of Apache Commons Math 4: it works in the arrays it is given, has no threads, and keeps
 * nothing but tables of numbers, so that it can be part of a native image.
 */
final class Stft {

    /** Frames that are laid over each sample. */
    static final int OVERLAP = 4;

    private final int size;
    private final float[] window;
    private final double[][] signal;
    private final FastFourierTransform forward = new FastFourierTransform(FastFourierTransform.Norm.STD);
    private final FastFourierTransform inverse = new FastFourierTransform(FastFourierTransform.Norm.STD, true);

    /** @param size of a frame, a power of two */
    Stft(int size) {
        this.size = size;
        this.signal = new double[2][size];
        this.window = new float[size];
        // The sum of OVERLAP Hann windows is OVERLAP / 2 everywhere.
        double scale = 2.0 / OVERLAP;
        for (int i = 0; i < size; i++) {
            window[i] = (float) Math.sqrt(scale * 0.5 * (1 - Math.cos(2 * Math.PI * i / size)));
        }
    }

    int bins() {
        return size / 2 + 1;
    }

    int hop() {
        return size / OVERLAP;
    }

    /** The spectra of a frame of each channel. */
    void analyse(float[][] frame, Spectrum into) {
        for (int channel = 0; channel < frame.length; channel += 2) {
            boolean pair = channel + 1 < frame.length;
            for (int i = 0; i < size; i++) {
                signal[0][i] = window[i] * frame[channel][i];
                signal[1][i] = pair ? window[i] * frame[channel + 1][i] : 0;
            }
            forward.transformInPlace(signal);
            for (int k = 0; k < bins(); k++) {
                int mirrored = (size - k) % size;
                double re = signal[0][k];
                double im = signal[1][k];
                double mirroredRe = signal[0][mirrored];
                double mirroredIm = signal[1][mirrored];
                into.re()[channel][k] = (float) ((re + mirroredRe) / 2);
                into.im()[channel][k] = (float) ((im - mirroredIm) / 2);
                if (pair) {
                    into.re()[channel + 1][k] = (float) ((im + mirroredIm) / 2);
                    into.im()[channel + 1][k] = (float) ((mirroredRe - re) / 2);
                }
            }
        }
    }

    /** Adds the frame of each channel that these are the spectra of. */
    void synthesise(Spectrum spectrum, float[][] onto) {
        for (int channel = 0; channel < onto.length; channel += 2) {
            boolean pair = channel + 1 < onto.length;
            for (int k = 0; k < bins(); k++) {
                int mirrored = (size - k) % size;
                double re = spectrum.re()[channel][k];
                double im = spectrum.im()[channel][k];
                double otherRe = pair ? spectrum.re()[channel + 1][k] : 0;
                double otherIm = pair ? spectrum.im()[channel + 1][k] : 0;
                // The mirrored one first: the constant and half the sample rate are their own mirror images, and real.
                signal[0][mirrored] = re + otherIm;
                signal[1][mirrored] = otherRe - im;
                signal[0][k] = re - otherIm;
                signal[1][k] = im + otherRe;
            }
            inverse.transformInPlace(signal);
            for (int i = 0; i < size; i++) {
                onto[channel][i] += (float) (window[i] * signal[0][i]);
                if (pair) {
                    onto[channel + 1][i] += (float) (window[i] * signal[1][i]);
                }
            }
        }
    }
}
