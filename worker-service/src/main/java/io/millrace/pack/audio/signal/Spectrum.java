package io.millrace.pack.audio.signal;

/**
 * Short-time spectra of all channels at one time, from the constant to half the sample rate.
 *
 * @param re real parts, by channel and frequency
 * @param im imaginary parts
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: a buffer that is used over and over.
record Spectrum(float[][] re, float[][] im) {

    static Spectrum empty(int channels, int bins) {
        return new Spectrum(new float[channels][bins], new float[channels][bins]);
    }

    int channels() {
        return re.length;
    }

    int bins() {
        return re[0].length;
    }

    /** Magnitudes over all channels, so that a mask that is made from them leaves a source where it is between them. */
    void magnitudes(float[] into) {
        for (int bin = 0; bin < into.length; bin++) {
            double power = 0;
            for (int channel = 0; channel < re.length; channel++) {
                power += (double) re[channel][bin] * re[channel][bin] + (double) im[channel][bin] * im[channel][bin];
            }
            into[bin] = (float) Math.sqrt(power / re.length);
        }
    }
}
