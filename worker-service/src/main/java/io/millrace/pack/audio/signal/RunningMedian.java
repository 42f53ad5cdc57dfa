package io.millrace.pack.audio.signal;

import java.util.Arrays;

/** The median of the last values of a series: a sorted array that one value enters and one leaves. */
final class RunningMedian {

    private final float[] sorted;
    private int count;

    /** @param window how many values are kept */
    RunningMedian(int window) {
        this.sorted = new float[window];
    }

    /** A value enters; there must be room. */
    void add(float value) {
        int at = Arrays.binarySearch(sorted, 0, count, value);
        int place = at < 0 ? -at - 1 : at;
        System.arraycopy(sorted, place, sorted, place + 1, count - place);
        sorted[place] = value;
        count++;
    }

    /** A value that has entered leaves. */
    void remove(float value) {
        int at = Arrays.binarySearch(sorted, 0, count, value);
        count--;
        System.arraycopy(sorted, at + 1, sorted, at, count - at);
    }

    /** The median of what is there, 0 of nothing; of an even number of values, the mean of the two in the middle. */
    float median() {
        if (count == 0) {
            return 0;
        }
        int middle = count / 2;
        return (count & 1) == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    void clear() {
        count = 0;
    }
}
