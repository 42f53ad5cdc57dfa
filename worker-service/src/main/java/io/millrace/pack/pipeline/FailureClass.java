package io.millrace.pack.pipeline;

import io.millrace.store.StoreUnavailable;
import io.millrace.worker.task.SoftTimeLimitExceeded;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The kinds of failure that are told apart, each with the word users see and the code that is kept of it. */
enum FailureClass {
    /** PostgreSQL cannot be reached or does not answer in time. */
    DATABASE_CONNECTION("DatabaseError"),
    /** PostgreSQL refuses what breaks a constraint. */
    DATABASE_CONSTRAINT("DatabaseError"),
    /** PostgreSQL refuses something for another reason. */
    DATABASE_ERROR("DatabaseError"),
    /** What was asked for makes no sense; asking again makes none either. */
    VALIDATION_ERROR("ValidationError"),
    /** It took too long. */
    TIMEOUT("TimeoutError"),
    /** No memory, no disk, no network. */
    SYSTEM_ERROR("SystemError");

    private static final String CONSTRAINT_VIOLATED = "23";

    private final String type;

    FailureClass(String type) {
        this.type = type;
    }

    /** What users see as {@code exc_type}. */
    String type() {
        return type;
    }

    /** What is kept as {@code error_code}. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of a failure, empty for one of no kind: a defect keeps its own name. */
    static Optional<FailureClass> of(Throwable thrown) {
        return switch (thrown) {
            case StoreUnavailable _ -> Optional.of(DATABASE_CONNECTION);
            case PgException refused when breaksConstraint(refused) -> Optional.of(DATABASE_CONSTRAINT);
            case PgException _ -> Optional.of(DATABASE_ERROR);
            case SoftTimeLimitExceeded _ -> Optional.of(TIMEOUT);
            case TimeoutException _ -> Optional.of(TIMEOUT);
            case OutOfMemoryError _ -> Optional.of(SYSTEM_ERROR);
            case IOException _ -> Optional.of(SYSTEM_ERROR);
            case UncheckedIOException _ -> Optional.of(SYSTEM_ERROR);
            case Throwable _ -> Optional.empty();
        };
    }

    private static boolean breaksConstraint(PgException refused) {
        return refused.getSqlState() != null && refused.getSqlState().startsWith(CONSTRAINT_VIOLATED);
    }
}
