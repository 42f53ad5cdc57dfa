package io.millrace.access;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API key as its owner has it: {@code mlr_<id>_<secret>}. The id tells which row to look at and is no secret; the
 * prefix lets scanners of source code find keys that were left there.
 *
 * @param secret 256 random bits in base64url
 */
public record KeyText(String id, String secret) {

    private static final String PREFIX = "mlr_";
    private static final int ID_BYTES = 8;
    private static final Pattern FORM = Pattern.compile(PREFIX + "([0-9a-f]{16})_([A-Za-z0-9_-]{43})");

    /** A key that nobody has yet. */
    public static KeyText random(SecureRandom random) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return new KeyText(HexFormat.of().formatHex(id), Secret.random(random));
    }

    /** Another secret for the same key. */
    public KeyText rotated(SecureRandom random) {
        return new KeyText(id, Secret.random(random));
    }

    /** Reads a key. Empty if the text is none. */
    public static Optional<KeyText> parse(String text) {
        Matcher key = FORM.matcher(text);
        return key.matches() ? Optional.of(new KeyText(key.group(1), key.group(2))) : Optional.empty();
    }

    /** What its owner is given, once. */
    public String text() {
        return PREFIX + id + "_" + secret;
    }

    /** Without the secret: what is printed may be logged. */
    @Override
    public String toString() {
        return PREFIX + id + "_…";
    }
}
