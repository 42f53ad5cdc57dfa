package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.JobState;
import io.millrace.job.Transition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/job-lifecycle.md} knows every state and every transition there is, and no others. */
class JobLifecycleTest {

    private static final Set<String> STATES =
            Stream.of(JobState.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());

    private final Markdown document = Markdown.of("docs/job-lifecycle.md");
    private final List<List<String>> states = document.table("");
    private final List<List<String>> transitions = document.table("## Transitions");

    /** A row may also be about several states, in words; the row of a state has nothing but its name. */
    @Test
    void everyStateHasARowAndNoOtherHas() {
        List<String> rows = states.stream()
                .filter(row -> row.getFirst().matches("`[^`]+`"))
                .flatMap(row -> Markdown.code(row.getFirst()).stream())
                .toList();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(STATES);
    }

    @Test
    void everyArrowLeadsToAStateThatIsThere() {
        assertThat(Stream.of(states, document.table("## What a run becomes"), transitions)
                        .flatMap(List::stream)
                        .flatMap(List::stream)
                        .flatMap(JobLifecycleTest::states))
                .isSubsetOf(STATES);
    }

    @Test
    void everyTransitionHasARowAndNoOtherHas() {
        Set<String> declared = Stream.of(Transition.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());

        assertThat(transitions.stream().flatMap(row -> Markdown.code(row.getFirst()).stream()))
                .containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void whatTransitionsLeadToIsWhatFollowsAStartedJob() {
        var following = new HashSet<String>();
        boolean started = false;
        for (List<String> row : states) {
            List<String> state = Markdown.code(row.getFirst());
            started = state.contains(JobState.STARTED.name())
                    || (started && row.getFirst().isEmpty());
            if (started) {
                following.addAll(states(row.get(2)).toList());
            }
        }

        assertThat(new TreeSet<>(
                        transitions.stream().flatMap(row -> states(row.get(1))).toList()))
                .isEqualTo(new TreeSet<>(following));
    }

    /** Words in backticks that are written as states are. */
    private static Stream<String> states(String cell) {
        return Markdown.code(cell).stream().filter(word -> word.matches("[A-Z_]{4,}"));
    }
}
