package io.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.access.Caller;
import io.millrace.access.Role;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokensTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final RsaJsonWebKey KEY = TokenIssuer.newKey("first");

    private final AtomicLong nanoTime = new AtomicLong();
    private final TokenIssuer issuer = new TokenIssuer(KEY);

    @AfterEach
    void stop() {
        issuer.close();
    }

    private Tokens tokens(String... more) {
        var values = new HashMap<>(issuer.configuration());
        for (int i = 0; i < more.length; i += 2) {
            values.put("millrace.access.oidc." + more[i], more[i + 1]);
        }
        return new Tokens(config(values), CLOCK, nanoTime::get);
    }

    static AccessConfig config(Map<String, String> values) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(AccessConfig.class)
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .build();
        return config.getConfigMapping(AccessConfig.class);
    }

    private static String token(Consumer<JwtClaims> change) {
        JwtClaims claims = TokenIssuer.claims(NOW);
        change.accept(claims);
        return TokenIssuer.signed(KEY, claims);
    }

    @Test
    void a_good_token_says_who_calls_and_what_they_may() {
        assertThat(tokens().caller(token(_ -> {}))).contains(new Caller("oidc:ada", Role.OPERATOR, null));
    }

    @Test
    void a_token_may_be_of_one_project_and_its_roles_may_lie_deeper() {
        String token = token(claims -> {
            claims.setClaim("team", "p");
            claims.setClaim("realm_access", Map.of("roles", List.of("viewer", "submitter")));
        });

        assertThat(tokens("project-claim", "team", "roles-claim", "realm_access.roles")
                        .caller(token))
                .contains(new Caller("oidc:ada", Role.SUBMITTER, "p"));
    }

    @Test
    void a_project_that_cannot_be_understood_is_not_all_projects() {
        assertThat(tokens().caller(token(claims -> claims.setClaim("project_id", List.of("p", "q")))))
                .isEmpty();
        assertThat(tokens("project-required", "true").caller(token(_ -> {}))).isEmpty();
    }

    @Test
    void tokens_of_others_for_others_or_of_another_time_are_not_good() {
        Tokens tokens = tokens();

        assertThat(tokens.caller(token(claims -> claims.setIssuer("https://evil.example"))))
                .isEmpty();
        assertThat(tokens.caller(token(claims -> claims.setAudience("another-service"))))
                .isEmpty();
        assertThat(tokens.caller(token(claims -> claims.unsetClaim("aud")))).isEmpty();
        assertThat(tokens.caller(token(claims -> claims.unsetClaim("exp")))).isEmpty();
        assertThat(tokens.caller(token(claims -> claims.unsetClaim("sub")))).isEmpty();
        assertThat(tokens.caller(token(claims -> claims.unsetClaim("roles")))).isEmpty();
        assertThat(tokens.caller(expired(-31))).isEmpty();
        assertThat(tokens.caller(token(claims -> claims.setNotBefore(at(31))))).isEmpty();
        assertThat(tokens.caller(expired(-29))).as("clocks differ").isPresent();
    }

    private static String expired(int seconds) {
        return token(claims -> {
            claims.setIssuedAt(at(-300));
            claims.setExpirationTime(at(seconds));
        });
    }

    private static NumericDate at(int seconds) {
        return NumericDate.fromMilliseconds(NOW.plusSeconds(seconds).toEpochMilli());
    }

    @Test
    void only_what_the_issuer_has_signed_is_good() throws Exception {
        Tokens tokens = tokens();
        RsaJsonWebKey forged = TokenIssuer.newKey("first");
        var unsigned = new JsonWebSignature();
        unsigned.setPayload(TokenIssuer.claims(NOW).toJson());
        unsigned.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        unsigned.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        var confused = new JsonWebSignature();
        confused.setPayload(TokenIssuer.claims(NOW).toJson());
        confused.setKeyIdHeaderValue("first");
        confused.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        confused.setKey(new HmacKey(KEY.toJson().getBytes(StandardCharsets.UTF_8)));

        assertThat(tokens.caller(TokenIssuer.signed(forged, TokenIssuer.claims(NOW))))
                .isEmpty();
        assertThat(tokens.caller(unsigned.getCompactSerialization())).isEmpty();
        assertThat(tokens.caller(confused.getCompactSerialization())).isEmpty();
        assertThat(tokens.caller("not.a.token")).isEmpty();
    }

    @Test
    void new_keys_are_looked_for_but_not_at_everybodys_will() {
        Tokens tokens = tokens();
        RsaJsonWebKey next = TokenIssuer.newKey("second");
        String later = TokenIssuer.signed(next, TokenIssuer.claims(NOW));
        assertThat(tokens.caller(token(_ -> {}))).isPresent();
        issuer.rotate(next);

        for (int i = 0; i < 5; i++) {
            assertThat(tokens.caller(later)).as("a moment after the last look").isEmpty();
        }
        assertThat(issuer.asked()).isEqualTo(1);

        nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
        assertThat(tokens.caller(later)).isPresent();
        assertThat(tokens.caller(token(_ -> {}))).as("a key that is withdrawn").isEmpty();
        assertThat(issuer.asked()).isEqualTo(2);
    }

    @Test
    void an_issuer_without_an_audience_or_with_shared_secrets_is_a_mistake() {
        assertThatThrownBy(() -> new Tokens(
                        config(Map.of(
                                "millrace.access.oidc.issuer", "i", "millrace.access.oidc.jwks-url", "https://i/keys")),
                        CLOCK))
                .hasMessageContaining("audience");
        assertThatThrownBy(() -> tokens("algorithms", "RS256,HS256")).hasMessageContaining("never good");
    }
}
