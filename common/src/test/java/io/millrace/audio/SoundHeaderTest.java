package io.millrace.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.audio.BadSound.Fault;
import io.millrace.testing.SoundFixture;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoundHeaderTest {

    private static final float[][] STEREO = SoundFixture.tone(2, 8_000, 0.5);

    @TempDir
    Path folder;

    private SoundHeader read(byte[] file) throws IOException, BadSound {
        Path path = Files.write(folder.resolve("sound"), file);
        try (var channel = FileChannel.open(path)) {
            return SoundHeader.read(channel);
        }
    }

    private Fault faultOf(byte[] file) {
        return catchThrowableOfType(BadSound.class, () -> read(file)).fault();
    }

    @ParameterizedTest
    @CsvSource({
        "8, false, false",
        "16, false, false",
        "16, false, true",
        "24, false, true",
        "32, false, false",
        "32, true, false",
        "32, true, true",
        "64, true, false"
    })
    void aWavFileSaysWhatItIs(int bits, boolean floating, boolean extensible) throws Exception {
        SoundHeader header = read(SoundFixture.wav(STEREO, 8_000, bits, floating, extensible));

        assertThat(header.channels()).isEqualTo(2);
        assertThat(header.sampleRate()).isEqualTo(8_000);
        assertThat(header.bits()).isEqualTo(bits);
        assertThat(header.floating()).isEqualTo(floating);
        assertThat(header.frames()).isEqualTo(4_000);
        assertThat(header.seconds()).isEqualTo(0.5);
    }

    @Test
    void aFlacFileSaysWhatItIs() throws Exception {
        assertThat(read(SoundFixture.flac(STEREO, 8_000, 24)))
                .isEqualTo(new SoundHeader(SoundHeader.Format.FLAC, 8_000, 2, 24, false, 4_000, 0, 0));
    }

    @Test
    void aWavFileWhoseWriterDidNotKnowItsEndGoesOnToTheEndOfTheFile() throws Exception {
        byte[] file = SoundFixture.wav(STEREO, 8_000, 16);
        int size = file.length - 4_000 * 4 - 4;
        Arrays.fill(file, size, size + 4, (byte) 0xFF);

        assertThat(read(file).frames()).isEqualTo(4_000);
    }

    @Test
    void whatIsNoSoundIsTold() {
        assertThat(faultOf(new byte[0])).isEqualTo(Fault.EMPTY);
        assertThat(faultOf("%PDF-1.7 and more".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Fault.NOT_AUDIO);
        assertThat(faultOf(new byte[] {'R', 'I', 'F'})).isEqualTo(Fault.NOT_AUDIO);
        assertThat(faultOf(SoundFixture.wav(new float[2][0], 8_000, 16))).isEqualTo(Fault.EMPTY);
        assertThat(faultOf(SoundFixture.wav(new float[12][10], 8_000, 16))).isEqualTo(Fault.UNSUPPORTED);
        assertThat(faultOf(SoundFixture.wav(STEREO, 7, 16))).isEqualTo(Fault.UNSUPPORTED);
        assertThat(faultOf(SoundFixture.wav(STEREO, 8_000, 40))).isEqualTo(Fault.UNSUPPORTED);
    }

    @Test
    void aFileThatIsCutOffIsCorrupt() {
        byte[] wav = SoundFixture.wav(STEREO, 8_000, 16);
        byte[] flac = SoundFixture.flac(STEREO, 8_000, 16);

        assertThat(faultOf(Arrays.copyOf(wav, wav.length - 1))).isEqualTo(Fault.CORRUPT);
        assertThat(faultOf(Arrays.copyOf(wav, 30))).isEqualTo(Fault.CORRUPT);
        assertThat(faultOf(Arrays.copyOf(wav, 13))).isEqualTo(Fault.CORRUPT);
        assertThat(faultOf(Arrays.copyOf(flac, 20))).isEqualTo(Fault.CORRUPT);
    }

    /** Whatever is in a header: an answer or a fault, and nothing else. */
    @Test
    void anyBytesAreReadOrRefused() throws Exception {
        var random = new Random(4);
        byte[] wav = SoundFixture.wav(STEREO, 8_000, 16, false, true);
        byte[] flac = SoundFixture.flac(STEREO, 8_000, 16);
        int refused = 0;
        for (int i = 0; i < 1_000; i++) {
            byte[] file = (i % 2 == 0 ? wav : flac).clone();
            for (int j = 0; j < 1 + i % 3; j++) {
                file[random.nextInt(76)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(file).channels()).isBetween(1, 8);
            } catch (BadSound e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(100, 990);
    }
}
