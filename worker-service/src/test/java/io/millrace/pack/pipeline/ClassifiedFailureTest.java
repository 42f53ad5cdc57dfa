package io.millrace.pack.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.store.StoreUnavailable;
import io.millrace.testkit.MillraceTest;
import io.millrace.testkit.TestEngine;
import io.millrace.testkit.TestJob;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

@MillraceTest
@SuppressWarnings("UnusedVariable") // the extension reads the field with the tasks
class ClassifiedFailureTest {

    private static PgException refused(String sqlState) {
        return new PgException("refused", "ERROR", sqlState, "");
    }

    private static String kind(Throwable thrown) {
        return FailureClass.of(thrown)
                .map(kind -> kind.type() + " " + kind.code())
                .orElse("none");
    }

    @Test
    void failuresAreToldApart() {
        assertThat(kind(new StoreUnavailable("away", new IOException())))
                .isEqualTo("DatabaseError database_connection");
        assertThat(kind(refused("23505"))).isEqualTo("DatabaseError database_constraint");
        assertThat(kind(refused("42P01"))).isEqualTo("DatabaseError database_error");
        assertThat(kind(new TimeoutException())).isEqualTo("TimeoutError timeout");
        assertThat(kind(new IOException("no disk"))).isEqualTo("SystemError system_error");
        assertThat(kind(new UncheckedIOException(new IOException("no network"))))
                .isEqualTo("SystemError system_error");
        assertThat(kind(new OutOfMemoryError())).isEqualTo("SystemError system_error");
        assertThat(kind(new IllegalStateException("a defect"))).isEqualTo("none");
    }

    @Test
    void whatHasAMeaningOfItsOwnIsLeftAlone() {
        for (RuntimeException meant : List.of(
                new Snooze(Duration.ofSeconds(1)),
                new ValidationError("no"),
                new CancellationException(),
                new NullPointerException())) {
            assertThatThrownBy(() -> ClassifiedFailure.classified(() -> {
                        throw meant;
                    }))
                    .isSameAs(meant);
        }
    }

    /** Fails as the database does. */
    static final class Failing {
        @Task(name = "failing", maxRetries = 3, retryDelay = "60s")
        void fail(TaskContext context) throws Exception {
            ClassifiedFailure.classified(() -> {
                context.progress(75, 100, "Processing...", "Calculating");
                throw new StoreUnavailable("Connection timeout", new TimeoutException());
            });
        }
    }

    @MillraceTest.Tasks
    private final Failing failing = new Failing();

    @Test
    void aFailureIsRetriedWithGrowingDelaysAndKeepsItsTypeAndItsCode(TestEngine engine) {
        TestJob job = engine.finish(engine.submit("failing"));

        var error = Objects.requireNonNull(job.error());
        assertThat(error.excType()).isEqualTo("DatabaseError");
        assertThat(error.excMessage()).isEqualTo("Connection timeout");
        assertThat(error.code()).isEqualTo("database_connection");
        assertThat(job.runs()).hasSize(4);
    }
}
