package io.millrace.pack.audio.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunningMedianTest {

    @Test
    void itIsTheMiddleOfWhatIsInTheWindow() {
        var random = new Random(3);
        var median = new RunningMedian(9);
        var window = new ArrayDeque<Float>();
        for (int i = 0; i < 500; i++) {
            if (window.size() == 9) {
                median.remove(window.removeFirst());
            }
            // Few different ones, so that equal ones meet.
            float value = random.nextInt(5);
            median.add(value);
            window.addLast(value);

            double[] sorted =
                    window.stream().mapToDouble(Float::doubleValue).sorted().toArray();
            double middle = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
            assertThat(median.median()).isEqualTo((float) middle);
        }
    }

    @Test
    void ofNothingItIsNothing() {
        assertThat(new RunningMedian(3).median()).isZero();
    }
}
