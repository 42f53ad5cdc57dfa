package io.millrace.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many starts there may be in any stretch of time, written as Celery has it: {@code 15/s}, {@code 10/m},
 * {@code 100/h}; several at once with commas between ({@code 15/s,1000/h}), each of which must hold.
 *
 * @param rates at least one
 */
public record RateLimit(List<Rate> rates) {

    private static final Pattern RATE = Pattern.compile("([1-9][0-9]{0,6})/([1-9][0-9]{0,3})?([smhd])");
    private static final int MOST_RATES = 8;

    /**
     * No more than {@code count} starts in any stretch of {@code window}.
     *
     * @param count positive
     * @param window positive
     */
    public record Rate(int count, Duration window) {
        public Rate {
            if (count < 1 || !window.isPositive()) {
                throw new IllegalArgumentException("no rate: " + count + " in " + window);
            }
        }

        @Override
        public String toString() {
            long seconds = window.toSeconds();
            if (seconds % 86_400 == 0) {
                return count + "/" + times(seconds / 86_400) + "d";
            }
            if (seconds % 3_600 == 0) {
                return count + "/" + times(seconds / 3_600) + "h";
            }
            return seconds % 60 == 0 ? count + "/" + times(seconds / 60) + "m" : count + "/" + times(seconds) + "s";
        }

        private static String times(long n) {
            return n == 1 ? "" : Long.toString(n);
        }
    }

    public RateLimit {
        if (rates.isEmpty() || rates.size() > MOST_RATES) {
            throw new IllegalArgumentException("a rate limit has one rate to " + MOST_RATES);
        }
        rates = List.copyOf(rates);
    }

    /**
     * Reads a limit.
     *
     * @throws IllegalArgumentException saying what a limit looks like
     */
    public static RateLimit parse(String text) {
        var rates = new ArrayList<Rate>();
        for (String part : text.split(",", -1)) {
            Matcher rate = RATE.matcher(part.strip());
            if (!rate.matches()) {
                throw new IllegalArgumentException(
                        "must be a count and a time, such as 15/s, 10/m, 100/h or 5/10s; several with commas between");
            }
            long times = rate.group(2) == null ? 1 : Long.parseLong(rate.group(2));
            rates.add(new Rate(
                    Integer.parseInt(rate.group(1)), unit(rate.group(3)).multipliedBy(times)));
        }
        return new RateLimit(rates);
    }

    private static Duration unit(String letter) {
        return switch (letter.charAt(0)) {
            case 's' -> Duration.ofSeconds(1);
            case 'm' -> Duration.ofMinutes(1);
            case 'h' -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
    }

    /** The longest stretch: starts before it matter to no rate. */
    public Duration longest() {
        return rates.stream().map(Rate::window).max(Comparator.naturalOrder()).orElseThrow();
    }

    @Override
    public String toString() {
        return String.join(",", rates.stream().map(Rate::toString).toList());
    }
}
