package io.millrace.pipeline;

/**
 * How many standard deviations a value lies from the mean of a sample: z = (x − mean) / s, with the sample standard
 * deviation s (Bessel's correction, n − 1). NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17.
 *
 * @param z 0 where the sample does not vary and the value equals it; infinite where it does not vary and the value differs
 */
public record ZScore(double value, double mean, double standardDeviation, double z) {

    /** What differs by less than this part of itself differs by rounding. */
    private static final double ROUNDING = 1e-12;

    /**
     * The score of a value against a sample.
     *
     * @param sample at least two values
     */
    public static ZScore of(double value, double[] sample) {
        if (sample.length < 2) {
            throw new IllegalArgumentException("a standard deviation needs at least two values, not " + sample.length);
        }
        // Welford's method: one pass, and no cancellation where the values are large and close together.
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < sample.length; i++) {
            double delta = sample[i] - mean;
            mean += delta / (i + 1);
            squares += delta * (sample[i] - mean);
        }
        double deviation = Math.sqrt(squares / (sample.length - 1));
        double rounding = Math.abs(mean) * ROUNDING;
        if (deviation <= rounding) {
            // It does not vary: that its mean is a little beside its only value is no variance.
            deviation = 0;
        }
        double distance = value - mean;
        double z = Math.abs(distance) <= rounding ? 0 : distance / deviation;
        return new ZScore(value, mean, deviation, z);
    }
}
