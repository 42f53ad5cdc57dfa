package io.millrace.pack.audio.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.audio.BadSound;
import io.millrace.testing.SoundFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoundReaderTest {

    private static final int RATE = 11_025;
    private static final float[][] TONES = SoundFixture.tone(3, RATE, 1.3);

    @TempDir
    Path folder;

    private float[][] read(byte[] file) throws Exception {
        Path path = Files.write(folder.resolve("sound"), file);
        var samples = new float[3][TONES[0].length + 100];
        int at = 0;
        try (var reader = SoundReader.open(path)) {
            int read;
            // Parts that fit neither a block nor the whole.
            while ((read = reader.read(samples, at, Math.min(1_000, samples[0].length - at))) > 0) {
                at += read;
            }
        }
        assertThat(at).isEqualTo(TONES[0].length);
        return samples;
    }

    private static void assertTones(float[][] samples, int bits) {
        float step = bits == 8 ? 0.01f : bits == 16 ? 4e-5f : 1e-6f;
        for (int channel = 0; channel < TONES.length; channel++) {
            for (int i = 0; i < TONES[channel].length; i++) {
                assertThat(samples[channel][i]).isCloseTo(TONES[channel][i], within(step));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"8, false", "16, false", "24, false", "32, false", "32, true", "64, true"})
    void samplesOfAWavFileAreRead(int bits, boolean floating) throws Exception {
        assertTones(read(SoundFixture.wav(TONES, RATE, bits, floating, bits == 24)), bits);
    }

    @ParameterizedTest
    @CsvSource({"8", "16", "24"})
    void samplesOfAFlacFileAreRead(int bits) throws Exception {
        assertTones(read(SoundFixture.flac(TONES, RATE, bits)), bits);
    }

    @Test
    void aFlacFileThatIsCutOffIsBroken() {
        byte[] file = SoundFixture.flac(TONES, RATE, 16);

        assertThatThrownBy(() -> read(Arrays.copyOf(file, file.length - 5_000)))
                .isInstanceOf(BadSound.class)
                .hasMessageContaining("FLAC file is broken");
    }

    @Test
    void aFlacFileWithAWrongBitIsBroken() {
        byte[] file = SoundFixture.flac(TONES, RATE, 16);
        file[file.length / 2] ^= 1;

        assertThatThrownBy(() -> read(file)).isInstanceOf(BadSound.class);
    }

    @Test
    void samplesThatAreNoNumbersAreBroken() {
        float[][] samples = {{0, Float.NaN, 0}, {0, 0, 0}, {0, 0, 0}};

        assertThatThrownBy(() -> read(SoundFixture.wav(samples, RATE, 32, true, false)))
                .isInstanceOf(BadSound.class)
                .hasMessageContaining("no numbers");
    }

    @Test
    void whatIsWrittenCanBeRead() throws Exception {
        Path file = folder.resolve("stem.wav");
        try (var writer = new WavWriter(file, 3, RATE)) {
            writer.write(TONES, 0, 5_000);
            writer.write(TONES, 5_000, TONES[0].length - 5_000);
        }

        float[][] read = read(Files.readAllBytes(file));

        for (int channel = 0; channel < TONES.length; channel++) {
            assertThat(Arrays.copyOf(read[channel], TONES[channel].length)).isEqualTo(TONES[channel]);
        }
    }
}
