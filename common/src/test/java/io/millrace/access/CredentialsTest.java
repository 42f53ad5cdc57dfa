package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Secret FIRST = Secret.of("first");
    private static final Secret SECOND = Secret.of("second");

    private final SecureRandom random = new SecureRandom();

    private static ApiKey key(
            Secret secret,
            @Nullable Secret previous,
            @Nullable Instant until,
            @Nullable Instant expires,
            @Nullable Instant revoked) {
        return new ApiKey(
                "0123456789abcdef",
                "a key",
                Role.VIEWER,
                null,
                secret,
                previous,
                until,
                "bootstrap",
                NOW,
                expires,
                null,
                revoked,
                null);
    }

    @Test
    void a_key_is_read_as_it_was_written() {
        KeyText key = KeyText.random(random);

        assertThat(KeyText.parse(key.text())).contains(key);
        assertThat(key.text()).matches("mlr_[0-9a-f]{16}_[A-Za-z0-9_-]{43}");
        assertThat(KeyText.random(random).secret()).isNotEqualTo(key.secret());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mlr_",
                "mlr_0123456789abcdef_short",
                "ghp_0123456789abcdef_0123456789012345678901234567890123456789012"
            })
    void other_text_is_no_key(String text) {
        assertThat(KeyText.parse(text)).isEmpty();
    }

    @Test
    void no_secret_is_ever_printed() {
        KeyText key = KeyText.random(random);

        assertThat(key.toString()).doesNotContain(key.secret());
        assertThat(Secret.of(key.secret()).toString())
                .doesNotContain(Secret.of(key.secret()).hash());
        assertThat(key(FIRST, null, null, null, null).toString()).doesNotContain(FIRST.hash());
    }

    @Test
    void a_key_is_good_until_it_expires_or_is_revoked() {
        assertThat(key(FIRST, null, null, null, null).accepts(FIRST, NOW)).isTrue();
        assertThat(key(FIRST, null, null, null, null).accepts(SECOND, NOW)).isFalse();
        assertThat(key(FIRST, null, null, NOW.plusNanos(1), null).accepts(FIRST, NOW))
                .isTrue();
        assertThat(key(FIRST, null, null, NOW, null).accepts(FIRST, NOW)).isFalse();
        assertThat(key(FIRST, null, null, null, NOW).accepts(FIRST, NOW)).isFalse();
    }

    @Test
    void the_secret_before_a_rotation_is_good_for_its_grace_only() {
        ApiKey rotated = key(SECOND, FIRST, NOW.plusSeconds(60), null, null);

        assertThat(rotated.accepts(SECOND, NOW)).isTrue();
        assertThat(rotated.accepts(FIRST, NOW.plusSeconds(59))).isTrue();
        assertThat(rotated.accepts(FIRST, NOW.plusSeconds(60))).isFalse();
        assertThat(key(SECOND, FIRST, NOW.plusSeconds(60), null, NOW).accepts(FIRST, NOW))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // Sec-Fetch-Site, Origin,                Host,            ours,  foreign
        "same-origin, ,                          millrace:8080,   true,  false",
        "same-site,   ,                          millrace:8080,   false, true",
        "cross-site,  https://millrace:8080,     millrace:8080,   false, true",
        "none,        ,                          millrace:8080,   false, false",
        ",            https://Millrace:8080,     millrace:8080,   true,  false",
        ",            https://evil.example,      millrace:8080,   false, true",
        ",            null,                      millrace:8080,   false, true",
        ",            ,                          millrace:8080,   false, false",
    })
    void a_browser_says_whose_page_asks(
            @Nullable String site, @Nullable String origin, String host, boolean ours, boolean foreign) {
        assertThat(Origin.isOurs(site, origin, host)).isEqualTo(ours);
        assertThat(Origin.isForeign(site, origin, host)).isEqualTo(foreign);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, false",
        "millrace.localhost, false",
        "127.0.0.1:8080, false",
        "[::1]:8080, false",
        "x, false",
        "127.0.0.1.evil.example, true",
        "evil.example:8080, true",
    })
    void some_names_are_somebodys(String host, boolean owned) {
        assertThat(Origin.canBeOwned(host)).isEqualTo(owned);
    }

    @Test
    void a_bucket_lets_its_burst_through_and_then_as_much_as_grows() {
        Duration second = Duration.ofSeconds(1);
        TokenBucket bucket = TokenBucket.full(2, 0).taken().taken();

        assertThat(bucket.hasOne()).isFalse();
        assertThat(bucket.untilOne(2, second)).isEqualTo(Duration.ofMillis(500));
        assertThat(bucket.grown(2, second, 499_000_000).hasOne()).isFalse();
        assertThat(bucket.grown(2, second, 500_000_000).hasOne()).isTrue();
        assertThat(bucket.grown(2, second, 60_000_000_000L).tokens())
                .as("never more than the burst")
                .isEqualTo(2);
    }
}
