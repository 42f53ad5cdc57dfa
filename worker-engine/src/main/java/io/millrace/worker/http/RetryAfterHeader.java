package io.millrace.worker.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code Retry-After} as RFC 9110 has it: seconds, or a time in any of the three forms that a recipient must accept. */
final class RetryAfterHeader {

    private static final Pattern SECONDS = Pattern.compile("[0-9]+");
    /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    private static final Pattern PREFERRED = Pattern.compile(
            "[A-Z][a-z]{2}, (?<day>\\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) (?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2}) GMT");
    /** {@code Sunday, 06-Nov-94 08:49:37 GMT}, of RFC 850. */
    private static final Pattern TWO_DIGITS = Pattern.compile(
            "[A-Z][a-z]{5,8}, (?<day>\\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\\d{2}) (?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2}) GMT");
    /** {@code Sun Nov  6 08:49:37 1994}, of C's asctime. */
    private static final Pattern ASCTIME = Pattern.compile(
            "[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) (?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2}) (?<year>\\d{4})");
    /** In words of its own: a native image has no other locales than the root's, which has numbers for months. */
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

    private RetryAfterHeader() {}

    /**
     * How long to wait; nothing for what cannot be read. A time that has passed is zero.
     *
     * @param longest what more is cut to
     */
    static Optional<Duration> read(String text, Instant now, Duration longest) {
        String value = text.strip();
        Optional<Duration> asked = SECONDS.matcher(value).matches()
                ? Optional.of(seconds(value, longest))
                : time(value, now).map(at -> Duration.between(now, at));
        return asked.map(wait -> wait.isNegative() ? Duration.ZERO : wait)
                .map(wait -> wait.compareTo(longest) > 0 ? longest : wait);
    }

    private static Duration seconds(String digits, Duration longest) {
        // What does not fit is longer than anybody waits.
        return digits.length() > 9 ? longest : Duration.ofSeconds(Long.parseLong(digits));
    }

    private static Optional<Instant> time(String text, Instant now) {
        for (Pattern form : List.of(PREFERRED, TWO_DIGITS, ASCTIME)) {
            Matcher parts = form.matcher(text);
            if (parts.matches()) {
                return time(parts, now);
            }
        }
        return Optional.empty();
    }

    private static Optional<Instant> time(Matcher parts, Instant now) {
        try {
            var at = LocalDateTime.of(
                    year(parts.group("year"), now),
                    MONTHS.indexOf(parts.group("month")) + 1,
                    number(parts.group("day")),
                    number(parts.group("hour")),
                    number(parts.group("minute")),
                    // A leap second is none in Java.
                    Math.min(59, number(parts.group("second"))));
            return Optional.of(at.toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            // No such month, or a 31st of one that has 30 days: as good as no header.
            return Optional.empty();
        }
    }

    /** Two digits that seem to be more than 50 years ahead are in the past, says RFC 9110. */
    private static int year(String digits, Instant now) {
        int year = number(digits);
        if (digits.length() == 4) {
            return year;
        }
        int thisYear = now.atOffset(ZoneOffset.UTC).getYear();
        int inThisCentury = thisYear - thisYear % 100 + year;
        return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury;
    }

    private static int number(String digits) {
        return Integer.parseInt(digits.strip());
    }
}
