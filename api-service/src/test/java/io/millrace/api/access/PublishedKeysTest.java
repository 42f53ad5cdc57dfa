package io.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwk.JsonWebKey;
import org.junit.jupiter.api.Test;

class PublishedKeysTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicLong now = new AtomicLong();

    private PublishedKeys keys(String url) {
        return new PublishedKeys(URI.create(url), SECOND, Duration.ofMinutes(10), now::get);
    }

    @Test
    void the_keys_that_come_after_a_rotation_are_found() {
        try (var issuer = new TokenIssuer()) {
            PublishedKeys keys = keys(issuer.keysUrl());
            assertThat(keys.get()).extracting(JsonWebKey::getKeyId).containsExactly("first");
            issuer.rotate(TokenIssuer.newKey("second"));

            assertThat(keys.refresh()).as("a moment later").isFalse();
            now.addAndGet(Duration.ofSeconds(11).toNanos());
            assertThat(keys.refresh()).isTrue();

            assertThat(keys.get()).extracting(JsonWebKey::getKeyId).containsExactly("second");
            now.addAndGet(Duration.ofMinutes(9).toNanos());
            keys.get();
            assertThat(issuer.asked()).isEqualTo(2);
        }
    }

    @Test
    void an_issuer_that_is_silent_leaves_the_keys_as_they_were() {
        var issuer = new TokenIssuer();
        PublishedKeys keys = keys(issuer.keysUrl());
        keys.get();
        issuer.close();
        now.addAndGet(Duration.ofMinutes(11).toNanos());

        assertThat(keys.get()).hasSize(1);
    }
}
