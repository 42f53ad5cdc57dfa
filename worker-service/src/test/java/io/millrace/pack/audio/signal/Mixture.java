package io.millrace.pack.audio.signal;

import java.util.List;
import java.util.Random;

/**
 * A sound that was mixed from known ones, so that what is separated from it can be compared with what went into it.
 *
 * @param sampleRate of all of them
 * @param sound the mixture, by channel
 * @param parts what a stem should be, by its name
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Mixture(int sampleRate, float[][] sound, List<Part> parts) {

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Part(String stem, float[][] sound) {}

    /** Chords of six tones with overtones, and strokes of noise that die away within a few milliseconds to a fifth of a second. */
    static Mixture chordsAndDrums(int sampleRate, double seconds) {
        int length = (int) (sampleRate * seconds);
        float[][] chords = {chords(length, sampleRate, 220, 7), chords(length, sampleRate, 277.2, 8)};
        float[][] drums = {drums(length, sampleRate, 1), drums(length, sampleRate, 1)};
        return new Mixture(
                sampleRate,
                sum(chords, drums),
                List.of(new Part(Masks.HARMONIC, chords), new Part(Masks.PERCUSSIVE, drums)));
    }

    /** A voice with vibrato in the middle, and instruments on the left and on the right. */
    static Mixture voiceAndBand(int sampleRate, double seconds) {
        int length = (int) (sampleRate * seconds);
        float[] voice = voice(length, sampleRate);
        float[][] centre = {voice, voice};
        float[][] sides = {chords(length, sampleRate, 164.8, 3), chords(length, sampleRate, 207.7, 4)};
        return new Mixture(
                sampleRate, sum(centre, sides), List.of(new Part(Masks.CENTRE, centre), new Part(Masks.SIDES, sides)));
    }

    private static float[] chords(int length, int rate, double root, long seed) {
        var random = new Random(seed);
        var sound = new float[length];
        double[] steps = {1, 1.25, 1.5, 1.875, 2, 2.5};
        int note = rate;
        for (int begin = 0; begin < length; begin += note) {
            double key = root * Math.pow(2, random.nextInt(-3, 4) / 12.0);
            for (double step : steps) {
                for (int overtone = 1; overtone <= 6; overtone++) {
                    double frequency = key * step * overtone;
                    double phase = random.nextDouble() * 2 * Math.PI;
                    for (int i = begin; i < Math.min(begin + note, length); i++) {
                        double time = (double) (i - begin) / rate;
                        double fade = Math.min(1, time / 0.02) * Math.min(1, (1 - time) / 0.02);
                        sound[i] += (float) (0.05 / overtone * fade * Math.sin(2 * Math.PI * frequency * time + phase));
                    }
                }
            }
        }
        return sound;
    }

    private static float[] drums(int length, int rate, long seed) {
        var random = new Random(seed);
        var sound = new float[length];
        int beat = rate / 4;
        for (int begin = beat / 2, stroke = 0; begin < length; begin += beat, stroke++) {
            double dies = stroke % 2 == 0 ? 0.05 : 0.01;
            for (int i = begin; i < Math.min(begin + beat, length); i++) {
                double time = (double) (i - begin) / rate;
                sound[i] += (float) (0.8 * Math.exp(-time / dies) * (random.nextDouble() * 2 - 1));
            }
        }
        return sound;
    }

    private static float[] voice(int length, int rate) {
        var sound = new float[length];
        double phase = 0;
        for (int i = 0; i < length; i++) {
            double time = (double) i / rate;
            double frequency =
                    330 * Math.pow(2, Math.floor(time) % 4 / 12) * (1 + 0.015 * Math.sin(2 * Math.PI * 5.5 * time));
            phase += 2 * Math.PI * frequency / rate;
            double loudness = 0.25 * (0.6 + 0.4 * Math.sin(2 * Math.PI * 0.7 * time));
            for (int overtone = 1; overtone <= 12; overtone++) {
                sound[i] += (float) (loudness / overtone * Math.sin(overtone * phase));
            }
        }
        return sound;
    }

    private static float[][] sum(float[][] one, float[][] other) {
        var sum = new float[one.length][one[0].length];
        for (int channel = 0; channel < sum.length; channel++) {
            for (int i = 0; i < sum[channel].length; i++) {
                sum[channel][i] = one[channel][i] + other[channel][i];
            }
        }
        return sum;
    }

    /**
     * How much of an estimate is the reference at whatever loudness, in decibels: J. Le Roux and others, "SDR –
     * half-baked or well done?", ICASSP 2019.
     */
    static double siSdr(float[][] estimate, float[][] reference) {
        double scale = dot(estimate, reference) / dot(reference, reference);
        double target = scale * scale * dot(reference, reference);
        double error = 0;
        for (int channel = 0; channel < estimate.length; channel++) {
            for (int i = 0; i < estimate[channel].length; i++) {
                double difference = estimate[channel][i] - scale * reference[channel][i];
                error += difference * difference;
            }
        }
        return 10 * Math.log10(target / error);
    }

    /** The same without allowing for loudness. */
    static double sdr(float[][] estimate, float[][] reference) {
        double error = 0;
        for (int channel = 0; channel < estimate.length; channel++) {
            for (int i = 0; i < estimate[channel].length; i++) {
                double difference = estimate[channel][i] - reference[channel][i];
                error += difference * difference;
            }
        }
        return 10 * Math.log10(dot(reference, reference) / error);
    }

    private static double dot(float[][] one, float[][] other) {
        double sum = 0;
        for (int channel = 0; channel < one.length; channel++) {
            for (int i = 0; i < one[channel].length; i++) {
                sum += (double) one[channel][i] * other[channel][i];
            }
        }
        return sum;
    }
}
