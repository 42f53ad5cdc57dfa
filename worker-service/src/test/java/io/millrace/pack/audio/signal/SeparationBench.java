package io.millrace.pack.audio.signal;

import io.millrace.pack.audio.signal.Memory.Gathered;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** How well mixtures of known sounds are taken apart, and how fast. Run by {@code bench/audio.sh}. */
@EnabledIfSystemProperty(named = "millrace.bench", matches = "audio")
class SeparationBench {

    private static final int RATE = 44_100;
    private static final double SECONDS = Double.parseDouble(System.getProperty("millrace.bench.seconds", "20"));

    @SuppressWarnings("AnnotateFormatMethod")
    private static void say(String text, Object... values) {
        System.out.println("BENCH " + String.format(Locale.ROOT, text, values));
    }

    private static Tuning tuning() {
        String said = System.getProperty("millrace.bench.tuning", "");
        if (said.isEmpty()) {
            return Tuning.DEFAULT;
        }
        double[] values = List.of(said.split(",")).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
        return new Tuning(values[0], values[1], values[2], values[3], values[4]);
    }

    @Test
    void measure() throws Exception {
        say("%.0f s of stereo at %d samples a second, %s", SECONDS, RATE, tuning());
        say("%-18s %-12s %9s %9s %9s %9s", "mixture", "stem", "SI-SDR in", "out", "better by", "SDR out");
        measure("chords and drums", Mixture.chordsAndDrums(RATE, SECONDS));
        measure("voice and band", Mixture.voiceAndBand(RATE, SECONDS));
    }

    private static void measure(String name, Mixture mixture) throws Exception {
        List<String> names = Separation.stems(tuning(), 2);
        List<Gathered> stems = names.stream()
                .map(_ -> new Gathered(2, mixture.sound()[0].length))
                .toList();
        var separation = new Separation(Memory.sound(mixture.sound(), RATE), tuning(), stems);
        long began = System.nanoTime();
        separation.run(_ -> true);
        var took = Duration.ofNanos(System.nanoTime() - began);
        for (var part : mixture.parts()) {
            float[][] estimate = stems.get(names.indexOf(part.stem())).samples;
            double before = Mixture.siSdr(mixture.sound(), part.sound());
            double after = Mixture.siSdr(estimate, part.sound());
            say(
                    "%-18s %-12s %9.1f %9.1f %9.1f %9.1f",
                    name, part.stem(), before, after, after - before, Mixture.sdr(estimate, part.sound()));
        }
        say("%-18s %.0f times real time", name, SECONDS * 1e9 / took.toNanos());
    }
}
