package io.millrace.api.access;

import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwk.JsonWebKey;
import org.junit.jupiter.api.Test;

class PublishedKeysTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicLong now = new AtomicLong();

    private PublishedKeys keys(String url) {
        return new PublishedKeys(URI.create(url), SECOND, Duration.ofMinutes(10), now::get);
    }

    private static List<String> ids(PublishedKeys.Edition edition) {
        return edition.keys().stream().map(JsonWebKey::getKeyId).toList();
    }

    @Test
    void the_keys_that_come_after_a_rotation_are_found() {
        try (var issuer = new TokenIssuer()) {
            PublishedKeys keys = keys(issuer.keysUrl());
            PublishedKeys.Edition first = keys.get();
            assertThat(ids(first)).containsExactly("first");
            issuer.rotate(TokenIssuer.newKey("second"));

            assertThat(keys.after(first)).as("a moment later").isEmpty();
            now.addAndGet(Duration.ofSeconds(11).toNanos());
            assertThat(keys.after(first)).map(PublishedKeysTest::ids).contains(List.of("second"));

            assertThat(ids(keys.get())).containsExactly("second");
            now.addAndGet(Duration.ofMinutes(9).toNanos());
            keys.get();
            assertThat(issuer.asked()).isEqualTo(2);
        }
    }

    @Test
    void who_comes_at_the_same_time_has_the_keys_that_another_has_found() {
        try (var issuer = new TokenIssuer()) {
            PublishedKeys keys = keys(issuer.keysUrl());
            PublishedKeys.Edition first = keys.get();
            issuer.rotate(TokenIssuer.newKey("second"));
            now.addAndGet(Duration.ofSeconds(11).toNanos());
            var _ = keys.after(first);

            assertThat(keys.after(first)).map(PublishedKeysTest::ids).contains(List.of("second"));
            assertThat(issuer.asked()).isEqualTo(2);
        }
    }

    @Test
    void while_one_waits_for_an_issuer_that_hangs_the_others_go_on() {
        try (var issuer = new TokenIssuer()) {
            PublishedKeys keys = new PublishedKeys(
                    URI.create(issuer.keysUrl()), Duration.ofSeconds(30), Duration.ofMinutes(10), now::get);
            keys.get();
            now.addAndGet(Duration.ofMinutes(11).toNanos());

            issuer.hanging(() -> {
                Thread asking = Thread.startVirtualThread(keys::get);
                soon().until(() -> issuer.asked() == 2);

                assertThat(ids(keys.get())).containsExactly("first");
                assertThat(asking.isAlive()).isTrue();
            });
        }
    }

    @Test
    void an_issuer_that_is_silent_leaves_the_keys_as_they_were() {
        var issuer = new TokenIssuer();
        PublishedKeys keys = keys(issuer.keysUrl());
        keys.get();
        issuer.close();
        now.addAndGet(Duration.ofMinutes(11).toNanos());

        assertThat(ids(keys.get())).containsExactly("first");
    }
}
