package io.millrace.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpVerdictTest {

    private static final Instant NOW = Instant.parse("1994-11-06T08:49:07Z");

    private static HttpVerdict verdict(int status, @Nullable String retryAfter) {
        Map<String, List<String>> headers = retryAfter == null ? Map.of() : Map.of("retry-after", List.of(retryAfter));
        return HttpVerdict.of(status, HttpHeaders.of(headers, (_, _) -> true), NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204, 299, 304})
    void whatWasAskedForIsGood(int status) {
        assertThat(verdict(status, "120")).isEqualTo(new HttpVerdict.Good());
    }

    @ParameterizedTest
    @CsvSource({
        "429, HttpTooManyRequests",
        "503, HttpServiceUnavailable",
        "500, HttpServerError",
        "502, HttpServerError",
        "599, HttpServerError",
        "408, HttpTryAgain",
        "425, HttpTryAgain"
    })
    void whatMayPassIsTriedAgain(int status, String type) {
        assertThat(verdict(status, null)).isEqualTo(new HttpVerdict.Retry(type));
    }

    @ParameterizedTest
    @CsvSource({
        "429, HttpTooManyRequests",
        "503, HttpServiceUnavailable",
        "502, HttpServerError",
        "413, HttpClientError"
    })
    void whoSaysWhenIsNotAskedBefore(int status, String type) {
        assertThat(verdict(status, "120")).isEqualTo(new HttpVerdict.RetryAfter(type, Duration.ofMinutes(2)));
    }

    @ParameterizedTest
    @CsvSource({
        "400, HttpClientError",
        "401, HttpClientError",
        "404, HttpClientError",
        "409, HttpClientError",
        "413, HttpClientError",
        "422, HttpClientError",
        "301, HttpRedirect",
        "308, HttpRedirect"
    })
    void whatWouldBeAnsweredTheSameIsNotTriedAgain(int status, String type) {
        assertThat(verdict(status, null)).isEqualTo(new HttpVerdict.GiveUp(type));
    }

    @Test
    void aTimeWithAnAnswerThatIsTheCallersOwnFaultMeansNothing() {
        assertThat(verdict(404, "120")).isEqualTo(new HttpVerdict.GiveUp("HttpClientError"));
    }

    /** RFC 9110, 5.6.7 and 10.2.3. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30|30",
                "0|0",
                " 30 |30",
                "Sun, 06 Nov 1994 08:49:37 GMT|30",
                "Sunday, 06-Nov-94 08:49:37 GMT|30",
                "Sun Nov  6 08:49:37 1994|30",
                "Sun Nov 06 08:49:37 1994|30",
                "Sun, 06 Nov 1994 08:49:60 GMT|52",
                // What has passed is now.
                "Sun, 06 Nov 1994 08:48:37 GMT|0",
                // More than 50 years ahead with two digits is in the past.
                "Friday, 06-Nov-81 08:49:37 GMT|0",
                // Nobody waits longer than a day.
                "86401|86400",
                "99999999999999999999|86400",
                "Sun, 06 Nov 2033 08:49:37 GMT|86400"
            })
    void retryAfterIsReadInEveryFormThereIs(String text, long seconds) {
        assertThat(verdict(503, text))
                .isEqualTo(new HttpVerdict.RetryAfter("HttpServiceUnavailable", Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "-5",
                "1.5",
                "Sun, 31 Feb 1994 08:49:37 GMT",
                "Sun, 06 Foo 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 25:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 CET",
                "1994-11-06T08:49:37Z"
            })
    void whatIsNoTimeIsAsGoodAsNone(String text) {
        assertThat(verdict(503, text)).isEqualTo(new HttpVerdict.Retry("HttpServiceUnavailable"));
    }
}
