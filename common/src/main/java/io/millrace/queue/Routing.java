package io.millrace.queue;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which queue a task goes to by its name: {@code submit_job} → jobs, {@code recovery_tasks.*} → recovery. The most
 * specific pattern wins, that is the one with the most letters besides its stars, so the order of rules never matters.
 */
public final class Routing {

    private record Rule(String pattern, Pattern regex, int literals, String queue) {}

    private final List<Rule> rules;

    /** @param queueByPattern a pattern is a task's name in which {@code *} stands for anything */
    public Routing(Map<String, String> queueByPattern) {
        rules = queueByPattern.entrySet().stream()
                .map(e -> rule(e.getKey(), e.getValue()))
                .sorted(Comparator.comparingInt(Rule::literals).reversed().thenComparing(Rule::pattern))
                .toList();
        if (rules.stream().noneMatch(r -> r.pattern().equals("*"))) {
            throw new IllegalArgumentException("routing needs a rule for '*', so that every task has a queue");
        }
    }

    /** The queue of a task that names none itself. */
    public String queueOf(String task) {
        return rules.stream()
                .filter(r -> r.regex().matcher(task).matches())
                .findFirst()
                .orElseThrow()
                .queue();
    }

    private static Rule rule(String pattern, String queue) {
        String regex = Stream.of(pattern.split("\\*", -1))
                .map(Pattern::quote)
                .reduce((a, b) -> a + ".*" + b)
                .orElseThrow();
        return new Rule(
                pattern, Pattern.compile(regex), pattern.replace("*", "").length(), queue);
    }
}
