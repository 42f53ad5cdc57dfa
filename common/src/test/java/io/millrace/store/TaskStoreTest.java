package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.RetryPolicy;
import io.millrace.job.Unique;
import io.millrace.task.Defaults;
import io.millrace.task.TaskDefinition;
import io.millrace.task.UniqueDefault;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class TaskStoreTest {

    private static final RetryPolicy ONCE =
            new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(600), true, false);

    private final Database database = RealDatabase.empty();
    private final TaskStore store = new TaskStore(database);

    private static TaskDefinition task(Defaults says) {
        return new TaskDefinition(
                "t",
                "default",
                5,
                ONCE,
                null,
                Duration.ofSeconds(60),
                Duration.ofHours(24),
                "15/s,1000/h",
                3,
                false,
                "{}",
                says,
                null);
    }

    @Test
    void whatATasksCodeSaysAndWhatItLeavesAloneIsKept() {
        var some = new Defaults(
                Duration.ofSeconds(60),
                null,
                null,
                Duration.ofMillis(1500),
                null,
                null,
                false,
                null,
                null,
                Duration.ofMinutes(5),
                true);

        store.register(List.of(task(some)));
        assertThat(store.all()).containsExactly(task(some));

        store.register(List.of(task(Defaults.NONE)));
        assertThat(store.all()).containsExactly(task(Defaults.NONE));
    }

    @Test
    void howATasksJobsAreUniqueIsKept() {
        var unfinished =
                Defaults.NONE.withUnique(new UniqueDefault(List.of("a", "b"), null, true, Unique.OnConflict.REPLACE));
        store.register(List.of(task(unfinished)));
        assertThat(store.all()).containsExactly(task(unfinished));

        var period = Defaults.NONE.withUnique(
                new UniqueDefault(List.of(), Duration.ofMillis(1500), false, Unique.OnConflict.RETURN));
        store.register(List.of(task(period)));
        assertThat(store.all()).containsExactly(task(period));
    }

    @Test
    void aTaskRegisteredByAnEarlierVersionSaysEverything() {
        store.register(List.of(task(Defaults.NONE)));
        database.run("UPDATE task SET says = NULL", Tuple.tuple());

        var says = store.all().getFirst().says();

        assertThat(says.maxRetries()).isEqualTo(3);
        assertThat(says.timeLimit()).isEqualTo(Duration.ofSeconds(60));
        assertThat(says.softTimeLimit()).isNull();
    }
}
