package io.millrace.pack.audio.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.audio.SoundHeader;
import io.millrace.pack.audio.signal.Memory.Gathered;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeparationTest {

    private static Map<String, float[][]> separate(float[][] sound, int rate, Tuning tuning) throws Exception {
        List<String> names = Separation.stems(tuning, sound.length);
        List<Gathered> stems = names.stream()
                .map(_ -> new Gathered(sound.length, sound[0].length))
                .toList();
        new Separation(Memory.sound(sound, rate), tuning, stems).run(_ -> true);
        var separated = new HashMap<String, float[][]>();
        for (int i = 0; i < names.size(); i++) {
            assertThat(stems.get(i).count).isEqualTo(sound[0].length);
            separated.put(names.get(i), stems.get(i).samples);
        }
        return separated;
    }

    private static float[][] stem(Map<String, float[][]> stems, String name) {
        return Objects.requireNonNull(stems.get(name), name);
    }

    private static float[][] noise(int channels, int length) {
        var random = new Random(1);
        var noise = new float[channels][length];
        for (float[] channel : noise) {
            for (int i = 0; i < length; i++) {
                channel[i] = random.nextFloat(-1, 1);
            }
        }
        return noise;
    }

    private static void assertSum(float[][] sound, Map<String, float[][]> stems, String... names) {
        for (int channel = 0; channel < sound.length; channel++) {
            float worst = 0;
            for (int i = 0; i < sound[channel].length; i++) {
                float sum = 0;
                for (String name : names) {
                    sum += stem(stems, name)[channel][i];
                }
                worst = Math.max(worst, Math.abs(sum - sound[channel][i]));
            }
            assertThat(worst).as("channel %d", channel).isCloseTo(0, within(1e-5f));
        }
    }

    /** Of every length: none that is lost, and none that is too much. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 255", "2, 256", "2, 257", "2, 5000", "1, 20000", "3, 10001", "2, 22050"})
    void stemsSumToTheSound(int channels, int length) throws Exception {
        float[][] sound = noise(channels, length);

        var stems = separate(sound, 11_025, Tuning.DEFAULT);

        assertSum(sound, stems, "harmonic", "percussive");
        if (channels == 2) {
            assertSum(sound, stems, "centre", "sides");
        } else {
            assertThat(stems).containsOnlyKeys("harmonic", "percussive");
        }
    }

    @Test
    void withAMarginWhatIsNeitherIsAResidualAndStillNothingIsLost() throws Exception {
        float[][] sound = noise(1, 20_000);

        var stems = separate(sound, 11_025, Tuning.DEFAULT.withMargin(2));

        assertSum(sound, stems, "harmonic", "percussive", "residual");
        assertThat(Mixture.sdr(stem(stems, "residual"), sound)).isGreaterThan(1);
    }

    @Test
    void silenceStaysSilent() throws Exception {
        var stems = separate(new float[2][8_000], 8_000, Tuning.DEFAULT);

        stems.values().forEach(stem -> assertThat(stem[0]).containsOnly(0f));
    }

    /** Improvement over the mixture itself, in decibels; deterministic, and well below what is measured. */
    @Test
    void chordsAndDrumsAreTakenApart() throws Exception {
        var mixture = Mixture.chordsAndDrums(22_050, 6);

        var stems = separate(mixture.sound(), mixture.sampleRate(), Tuning.DEFAULT);

        for (var part : mixture.parts()) {
            assertThat(improvement(mixture, part, stems)).as(part.stem()).isGreaterThan(8);
        }
    }

    @Test
    void aVoiceInTheMiddleIsTakenOutOfItsBand() throws Exception {
        var mixture = Mixture.voiceAndBand(22_050, 6);

        var stems = separate(mixture.sound(), mixture.sampleRate(), Tuning.DEFAULT);

        for (var part : mixture.parts()) {
            assertThat(improvement(mixture, part, stems)).as(part.stem()).isGreaterThan(4);
        }
    }

    private static double improvement(Mixture mixture, Mixture.Part part, Map<String, float[][]> stems) {
        return Mixture.siSdr(stem(stems, part.stem()), part.sound()) - Mixture.siSdr(mixture.sound(), part.sound());
    }

    /** What a separation holds it has when it begins; samples pass through the same few arrays, however many there are. */
    @Test
    void aLongSoundNeedsNoMoreMemoryThanAShortOne() throws Exception {
        int rate = 11_025;
        long length = 120L * rate;
        var arrays = new HashSet<Integer>();
        var endless = new SoundReader() {
            private long read;

            @Override
            public SoundHeader header() {
                return new SoundHeader(SoundHeader.Format.WAV, rate, 2, 16, false, length, 0, 0);
            }

            @Override
            public int read(float[][] into, int from, int count) {
                arrays.add(System.identityHashCode(into));
                assertThat(count).isLessThanOrEqualTo(256);
                int some = (int) Math.min(count, length - read);
                for (int i = 0; i < some; i++) {
                    float sample = (float) Math.sin((read + i) * 0.05);
                    into[0][from + i] = sample;
                    into[1][from + i] = -sample;
                }
                read += some;
                return some;
            }

            @Override
            public void close() {}
        };
        var written = new long[4];
        List<Separation.Sink> sinks = IntStream.range(0, 4)
                .<Separation.Sink>mapToObj(stem -> (samples, _, count) -> {
                    arrays.add(System.identityHashCode(samples));
                    written[stem] += count;
                })
                .toList();
        var separation = new Separation(endless, Tuning.DEFAULT, sinks);

        separation.run(_ -> true);

        assertThat(written).containsOnly(length);
        assertThat(arrays).hasSize(1 + 4);
    }

    @Test
    void whoeverListensCanEndIt() throws Exception {
        var stem = new Gathered(1, 100_000);
        var separation = new Separation(
                Memory.sound(noise(1, 100_000), 11_025), Tuning.DEFAULT, List.of(stem, new Gathered(1, 100_000)));

        separation.run(frames -> frames < 10_000);

        assertThat(stem.count).isBetween(10_000, 11_000);
    }
}
