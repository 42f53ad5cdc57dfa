package io.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final Recent<String, String> recent = new Recent<>(LONG, 2);

    @Test
    void what_was_looked_up_is_known() {
        assertThat(recent.get("a")).isEmpty();

        assertThat(recent.get("a", () -> "first")).isEqualTo("first");

        assertThat(recent.get("a")).contains("first");
        assertThat(recent.get("a", () -> "second")).isEqualTo("first");
    }

    @Test
    void what_is_forgotten_is_looked_up_again() {
        recent.get("a", () -> "before");

        recent.forget("a");

        assertThat(recent.get("a", () -> "after")).isEqualTo("after");
    }

    @Test
    void what_changes_while_it_is_looked_up_is_not_kept_as_it_was_before() {
        recent.get("a", () -> {
            recent.forget("a");
            return "before";
        });

        assertThat(recent.get("a")).isEmpty();
    }

    @Test
    void it_is_known_for_a_while_only() {
        var shortly = new Recent<String, String>(Duration.ofNanos(-1), 2);
        shortly.get("a", () -> "first");

        assertThat(shortly.get("a")).isEmpty();
    }

    @Test
    void the_eldest_is_forgotten_first() {
        IntStream.range(0, 3).forEach(n -> recent.get("k" + n, () -> "v" + n));

        assertThat(recent.get("k0")).isEmpty();
        assertThat(recent.get("k1")).isPresent();
        assertThat(recent.get("k2")).isPresent();
    }
}
