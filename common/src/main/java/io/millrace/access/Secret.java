package io.millrace.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Something only its owner knows, as far as it is ever kept: its SHA-256 in hex. A slow hash as for passwords would gain
 * nothing: a secret has 256 random bits, so there is nothing to guess, and each request would pay for it.
 */
public record Secret(String hash) {

    private static final int BYTES = 32;

    /** What is kept of a secret. */
    public static Secret of(String text) {
        try {
            return new Secret(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** A new secret of 256 random bits, as text for its owner. */
    public static String random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Whether both are the same, told in the same time whether or not they are. */
    public boolean matches(Secret other) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII), other.hash.getBytes(StandardCharsets.US_ASCII));
    }

    /** Says nothing: what is printed may be logged. */
    @Override
    public String toString() {
        return "Secret[…]";
    }
}
