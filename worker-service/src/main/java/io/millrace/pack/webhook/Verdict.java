package io.millrace.pack.webhook;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a reply means for a delivery. */
sealed interface Verdict {

    int GONE = 410;
    int TOO_MANY_REQUESTS = 429;
    int UNAVAILABLE = 503;
    Duration LONGEST_WAIT = Duration.ofDays(1);

    /** The receiver has it. */
    record Delivered(int status) implements Verdict {}

    /**
     * It has not, and may have it at another time.
     *
     * @param pause how long it wants to be left alone, null where it has not said
     */
    record Later(
            @Nullable Integer status, String why, @Nullable Duration pause) implements Verdict {}

    /** It will never have it. */
    record Never(@Nullable Integer status, String why) implements Verdict {}

    /** Only a 2xx is a success; a redirection is not followed, since it would lead where the caller has not said. */
    static Verdict of(Reply reply, Instant now) {
        return switch (reply) {
            case Reply.Silent(String why) -> new Later(null, why, null);
            case Reply.Forbidden(String why) -> new Never(null, why);
            case Reply.Answered(int status, String retryAfter) -> {
                String why = "the receiver answered " + status;
                if (status >= 200 && status < 300) {
                    yield new Delivered(status);
                } else if (status == GONE) {
                    yield new Never(status, why + ": it wants to hear no more");
                } else if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
                    yield new Later(status, why, asked(retryAfter, now));
                } else {
                    yield new Later(status, why, null);
                }
            }
        };
    }

    private static @Nullable Duration asked(@Nullable String retryAfter, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        Duration asked;
        try {
            asked = retryAfter.strip().matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(retryAfter.strip()))
                    : Duration.between(now, ZonedDateTime.parse(retryAfter.strip(), HTTP_DATE));
        } catch (DateTimeException e) {
            // Neither seconds nor a date: as good as nothing.
            return null;
        }
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    }

    DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);
}
