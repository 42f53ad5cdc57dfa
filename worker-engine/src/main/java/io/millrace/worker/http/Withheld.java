package io.millrace.worker.http;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Secrets that are sent to somebody and must not be told to anybody else: taken out of what comes back, before it becomes
 * a result, an error or a line of a log. A piece of text that is cut, or put together from parts, is to be passed through
 * here before the one and after the other.
 */
public final class Withheld {

    /** Nothing is taken out. */
    public static final Withheld NOTHING = new Withheld(List.of());

    private static final String INSTEAD = "***";

    private final List<Pattern> secrets;

    private Withheld(List<Pattern> secrets) {
        this.secrets = secrets;
    }

    /**
     * Takes these out.
     *
     * @param secrets those that are empty are none
     */
    public static Withheld of(Collection<String> secrets) {
        return new Withheld(secrets.stream()
                .filter(secret -> !secret.isEmpty())
                .map(Withheld::anyForm)
                .toList());
    }

    /** A secret as it is, and as it may stand in JSON (RFC 8259, section 7) with any of its characters escaped. */
    private static Pattern anyForm(String secret) {
        return Pattern.compile(secret.chars()
                .mapToObj(c -> "(?:" + Pattern.quote(Character.toString(c)) + "|(?i:\\\\u"
                        + String.format(Locale.ROOT, "%04x", c) + ")"
                        + (c == '/' || c == '"' || c == '\\' ? "|\\\\" + Pattern.quote(Character.toString(c)) : "")
                        + ")")
                .collect(Collectors.joining()));
    }

    /** The text with three asterisks in place of every secret. */
    public String outOf(String text) {
        String told = text;
        for (Pattern secret : secrets) {
            told = secret.matcher(told).replaceAll(INSTEAD);
        }
        return told;
    }
}
