package io.millrace.cli;

import java.time.Duration;
import picocli.CommandLine.TypeConversionException;

/** A time as it is typed, such as {@code 5} or {@code 0.5}. */
final class Seconds {

    /** Nobody waits longer, and sums with it fit into any clock's numbers. */
    static final Duration FOR_EVER = Duration.ofDays(365);

    private Seconds() {}

    /** @throws TypeConversionException if it is none */
    static Duration of(String text) {
        try {
            double seconds = Double.parseDouble(text);
            if (seconds >= 0) {
                return Duration.ofMillis(Math.min((long) (seconds * 1000), FOR_EVER.toMillis()));
            }
        } catch (NumberFormatException e) {
            // What is no number is as wrong as what is below 0.
        }
        throw new TypeConversionException("'" + text + "' is not a number of seconds");
    }
}
