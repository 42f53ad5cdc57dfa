package io.millrace.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which environment variables are settings of Millrace. A configuration file with an unknown key is refused by the
 * configuration itself; a variable of the environment that nothing asks for is just never looked at, so a mistyped name
 * would silently change nothing.
 */
final class Environment {

    private static final String OURS = "MILLRACE_";

    /**
     * What Kubernetes puts into every pod for a Service, and the local stack's launcher reads: for a Service called
     * {@code millrace-api}, {@code MILLRACE_API_PORT=tcp://…} and a dozen more.
     */
    private static final Pattern NOT_FOR_US =
            Pattern.compile("MILLRACE_HOME|MILLRACE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_\\w+)?)");

    /** {@code <name>} in a key, as the reference of the configuration writes it. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\"?<[a-z]+>\"?");

    private static final Pattern NEITHER_LETTER_NOR_DIGIT = Pattern.compile("[^A-Za-z0-9_]");

    private static final String NAME = "_NAME_";

    /** Beyond this a name is not a mistyped other one. */
    private static final int FARTHEST = 4;

    /** A variable that is no setting. */
    record Unknown(String variable, Optional<String> nearest) {
        @Override
        public String toString() {
            return variable + " is no setting"
                    + nearest.map(name -> "; did you mean " + name + "?").orElse("");
        }
    }

    /** As the environment writes each key, {@value #NAME} where a name is free. */
    private final Set<String> known;

    /** @param keys every key there is, with {@code <name>} where a name is free */
    Environment(Collection<String> keys) {
        known = keys.stream().map(Environment::variable).collect(Collectors.toUnmodifiableSet());
    }

    /** Those of these variables that begin as ours do and are not. */
    List<Unknown> unknownAmong(Collection<String> variables) {
        List<String> unusual = variables.stream()
                .filter(name -> name.startsWith(OURS))
                .filter(name -> !known.contains(name))
                .filter(name -> !NOT_FOR_US.matcher(name).matches())
                .sorted()
                .toList();
        if (unusual.isEmpty()) {
            // As nearly always, and a service starts without some hundred patterns being made.
            return List.of();
        }
        List<Pattern> forms = known.stream().map(Environment::form).toList();
        return unusual.stream()
                .filter(name ->
                        forms.stream().noneMatch(form -> form.matcher(name).matches()))
                .map(name -> new Unknown(name, nearest(name)))
                .toList();
    }

    private static String variable(String key) {
        return NEITHER_LETTER_NOR_DIGIT
                .matcher(PLACEHOLDER.matcher(key).replaceAll(NAME))
                .replaceAll("_")
                .toUpperCase(Locale.ROOT);
    }

    private static Pattern form(String variable) {
        String form = Stream.of(variable.split(NAME, -1))
                .map(Pattern::quote)
                .reduce((before, after) -> before + "_?\\w+?_?" + after)
                .orElseThrow();
        // An element of a list may be given alone: KEY_0_.
        return Pattern.compile(form + "(_\\d+_)?");
    }

    private Optional<String> nearest(String name) {
        return known.stream()
                .filter(other -> distance(name, other) <= FARTHEST)
                .min(Comparator.<String>comparingInt(other -> distance(name, other))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** How many letters must be put in, taken out or changed to make one word of the other (Levenshtein). */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
