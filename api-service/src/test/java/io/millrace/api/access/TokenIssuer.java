package io.millrace.api.access;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** An identity provider, as far as it matters here: it signs tokens, and publishes the keys to judge them by. */
public final class TokenIssuer implements AutoCloseable {

    public static final String ISSUER = "https://id.example.org/realms/millrace";
    public static final String AUDIENCE = "millrace";

    private final HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private final ReentrantReadWriteLock answering = new ReentrantReadWriteLock();
    private volatile RsaJsonWebKey key;

    public TokenIssuer() {
        this(newKey("first"));
    }

    /** One with a key that another has made. */
    public TokenIssuer(RsaJsonWebKey key) {
        this.key = key;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            answering.readLock().lock();
            try {
                byte[] keys = new JsonWebKeySet(List.of(this.key))
                        .toJson(OutputControlLevel.PUBLIC_ONLY)
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
                exchange.close();
            } finally {
                answering.readLock().unlock();
            }
        });
        server.start();
    }

    public static RsaJsonWebKey newKey(String id) {
        try {
            RsaJsonWebKey made = RsaJwkGenerator.generateJwk(2048);
            made.setKeyId(id);
            made.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
            return made;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    public RsaJsonWebKey key() {
        return key;
    }

    public void rotate(RsaJsonWebKey next) {
        key = next;
    }

    /** Whoever asks for the keys waits while this runs. */
    public void hanging(Runnable meanwhile) {
        answering.writeLock().lock();
        try {
            meanwhile.run();
        } finally {
            answering.writeLock().unlock();
        }
    }

    /** How often somebody has asked for the keys. */
    public int asked() {
        return asked.get();
    }

    public String keysUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
    }

    /** What services are told of it. */
    public Map<String, String> configuration() {
        return Map.of(
                "millrace.access.oidc.issuer",
                ISSUER,
                "millrace.access.oidc.audience",
                AUDIENCE,
                "millrace.access.oidc.jwks-url",
                keysUrl(),
                "millrace.access.oidc.roles.sre",
                "operator");
    }

    /** Claims of a token that is good. */
    public static JwtClaims claims(Instant now) {
        var claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setSubject("ada");
        claims.setIssuedAt(NumericDate.fromMilliseconds(now.toEpochMilli()));
        claims.setExpirationTime(
                NumericDate.fromMilliseconds(now.plusSeconds(300).toEpochMilli()));
        claims.setStringListClaim("roles", List.of("sre", "unknown-here"));
        return claims;
    }

    public static String signed(RsaJsonWebKey key, JwtClaims claims) {
        try {
            var signature = new JsonWebSignature();
            signature.setPayload(claims.toJson());
            signature.setKey(key.getPrivateKey());
            signature.setKeyIdHeaderValue(key.getKeyId());
            signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
