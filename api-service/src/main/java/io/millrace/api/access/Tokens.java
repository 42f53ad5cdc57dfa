package io.millrace.api.access;

import io.millrace.access.Caller;
import io.millrace.access.Role;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of an identity provider (OpenID Connect): signed JWTs, judged by the keys that the provider publishes, without
 * asking it about each.
 */
@Singleton
class Tokens {

    private static final Logger LOG = Logger.getLogger(Tokens.class);

    /** Signed with a secret that both sides know, or not at all: whoever can read our configuration could make them. */
    private static final Set<String> SYMMETRIC = Set.of("none", "HS256", "HS384", "HS512");

    /** A token beyond this is not looked at. */
    private static final int LONGEST = 16 * 1024;

    private final AccessConfig.Oidc config;
    private final Clock clock;
    private final Map<String, Role> roles;
    private final @Nullable PublishedKeys keys;
    private final String issuer;
    private final String audience;
    private final String[] algorithms;

    @Inject
    Tokens(AccessConfig config, Clock clock) {
        this(config, clock, System::nanoTime);
    }

    /** @param nanoTime a monotonic clock, for how old the issuer's keys are */
    Tokens(AccessConfig config, Clock clock, LongSupplier nanoTime) {
        this.config = config.oidc();
        this.clock = clock;
        this.issuer = this.config.issuer().orElse("");
        this.audience = this.config.audience().orElse("");
        this.algorithms = algorithms(this.config.algorithms());
        this.roles = roles(this.config.roles());
        this.keys = this.config.issuer().isPresent() ? publishedKeys(this.config, nanoTime) : null;
    }

    private static PublishedKeys publishedKeys(AccessConfig.Oidc config, LongSupplier nanoTime) {
        URI url = config.jwksUrl()
                .orElseThrow(() -> new IllegalArgumentException(
                        "millrace.access.oidc: an issuer needs jwks-url, where its keys are"));
        if (config.audience().isEmpty()) {
            throw new IllegalArgumentException(
                    "millrace.access.oidc: an issuer needs audience, or a token for any other service would be good here");
        }
        if (!"https".equals(url.getScheme())) {
            LOG.warnf(
                    "the issuer's keys come without TLS: whoever can change them on their way can be anybody url=%s",
                    url);
        }
        return new PublishedKeys(url, config.timeout(), config.keysRemembered(), nanoTime);
    }

    private static String[] algorithms(List<String> names) {
        if (names.stream().anyMatch(SYMMETRIC::contains)) {
            throw new IllegalArgumentException("millrace.access.oidc.algorithms: " + SYMMETRIC + " are never good");
        }
        return names.toArray(String[]::new);
    }

    private static Map<String, Role> roles(Map<String, String> configured) {
        var roles = new HashMap<String, Role>();
        for (Role role : Role.values()) {
            roles.put(role.wireName(), role);
        }
        configured.forEach((theirs, ours) -> roles.put(
                theirs,
                Role.of(ours)
                        .orElseThrow(() -> new IllegalArgumentException("millrace.access.oidc.roles." + theirs + ": '"
                                + ours + "' must be viewer, submitter, operator or admin"))));
        return Map.copyOf(roles);
    }

    /** Whom a token is of. Empty if it is not good, for whatever reason, or gives no role here. */
    Optional<Caller> caller(String token) {
        PublishedKeys published = keys;
        if (published == null || token.length() > LONGEST) {
            return Optional.empty();
        }
        PublishedKeys.Edition edition = published.get();
        try {
            return caller(claims(token, edition.keys()));
        } catch (InvalidJwtException e) {
            return e.getCause() instanceof UnresolvableKeyException
                    ? published.after(edition).map(PublishedKeys.Edition::keys).flatMap(keys -> again(token, keys))
                    : refused(e);
        }
    }

    /** The issuer has new keys. */
    private Optional<Caller> again(String token, List<JsonWebKey> published) {
        try {
            return caller(claims(token, published));
        } catch (InvalidJwtException e) {
            return refused(e);
        }
    }

    /** Told by numbers: the message of the exception has what the token says. */
    private static Optional<Caller> refused(InvalidJwtException why) {
        LOG.debugf(
                "a token was refused codes=%s",
                why.getErrorDetails().stream()
                        .map(detail -> detail.getErrorCode())
                        .toList());
        return Optional.empty();
    }

    private Map<String, Object> claims(String token, List<JsonWebKey> published) throws InvalidJwtException {
        Instant now = clock.instant();
        JwtConsumer consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(new AlgorithmConstraints(ConstraintType.PERMIT, algorithms))
                .setVerificationKeyResolver(new JwksVerificationKeyResolver(published))
                .setExpectedIssuer(true, issuer)
                .setExpectedAudience(true, audience)
                .setRequireExpirationTime()
                .setRequireSubject()
                .setAllowedClockSkewInSeconds(Math.toIntExact(config.clockSkew().toSeconds()))
                .setEvaluationTime(NumericDate.fromMilliseconds(now.toEpochMilli()))
                .build();
        return consumer.processToClaims(token).getClaimsMap();
    }

    private Optional<Caller> caller(Map<String, Object> claims) {
        Object project = claim(claims, config.projectClaim());
        // What cannot be understood must not make somebody of one project one of all.
        if (project == null ? config.projectRequired() : !(project instanceof String text) || text.isBlank()) {
            return Optional.empty();
        }
        return words(claim(claims, config.rolesClaim()))
                .map(roles::get)
                .filter(role -> role != null)
                .max(Comparator.naturalOrder())
                .map(role -> new Caller("oidc:" + claims.get("sub"), role, (String) project));
    }

    private static @Nullable Object claim(Map<String, Object> claims, String path) {
        Object value = claims.get(path);
        if (value != null || path.indexOf('.') < 0) {
            return value;
        }
        value = claims;
        for (String name : path.split("\\.", -1)) {
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return value;
    }

    /** A text has its words between spaces, as {@code scope} has. */
    private static Stream<String> words(@Nullable Object claim) {
        return switch (claim) {
            case String text -> Stream.of(text.split(" ", -1)).filter(word -> !word.isEmpty());
            case Collection<?> many -> many.stream().map(String::valueOf);
            case null, default -> Stream.empty();
        };
    }
}
