package io.millrace.bench.client;

import java.util.ArrayList;
import java.util.List;

/** A sample of one measured run's jobs, whose results are read back when it is over. */
final class Phase {

    /** @param number the job's number within the phase, which is also what its result must say */
    record Sample(int number, String jobId) {}

    private static final int SIZE = 200;

    private final List<Sample> samples = new ArrayList<>();

    /** Remembers a job if it is one of the evenly spread {@value #SIZE} of {@code count}. */
    void add(int number, String jobId, int count) {
        if (number % Math.max(1, count / SIZE) == 0) {
            synchronized (samples) {
                samples.add(new Sample(number, jobId));
            }
        }
    }

    List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }
}
