package io.millrace.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is said of tasks by patterns of their names, in which {@code *} stands for anything. A dot stands for itself, and
 * where no other pattern fits as well for an underscore and a hyphen too: in the name of an environment variable all
 * three are written alike, and read as a dot.
 *
 * @param <T> what is said
 */
public final class ByTaskName<T> {

    private record Said<T>(Pattern regex, int literals, boolean loosely, String pattern, T value) {}

    private final List<Said<T>> all;

    public ByTaskName(Map<String, T> byPattern) {
        var said = new ArrayList<Said<T>>();
        byPattern.forEach((pattern, value) -> {
            int literals = pattern.replace("*", "").length();
            said.add(new Said<>(regex(pattern, Pattern::quote), literals, false, pattern, value));
            if (pattern.contains(".")) {
                said.add(new Said<>(regex(pattern, ByTaskName::loosely), literals, true, pattern, value));
            }
        });
        Comparator<Said<T>> mostLettersFirst = Comparator.comparingInt((Said<T> each) -> each.literals())
                .reversed()
                .thenComparing(Said::loosely)
                .thenComparing(Said::pattern);
        said.sort(mostLettersFirst);
        this.all = List.copyOf(said);
    }

    /** What is said of this task: first by the pattern with the most letters besides its stars. */
    public List<T> of(String task) {
        return all.stream()
                .filter(each -> each.regex().matcher(task).matches())
                .map(Said::value)
                .distinct()
                .toList();
    }

    private static Pattern regex(String pattern, UnaryOperator<String> words) {
        return Pattern.compile(Stream.of(pattern.split("\\*", -1)).map(words).collect(Collectors.joining(".*")));
    }

    private static String loosely(String words) {
        return Stream.of(words.split("\\.", -1)).map(Pattern::quote).collect(Collectors.joining("[._-]"));
    }
}
