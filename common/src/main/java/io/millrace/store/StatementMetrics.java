package io.millrace.store;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Statements sent to PostgreSQL, by what they do. Few statements for many jobs is what makes the queue quick, so their number
 * for a job is worth watching.
 */
final class StatementMetrics {

    private final Counter inserts;
    private final Counter updates;
    private final Counter deletes;
    private final Counter selects;
    private final Counter others;
    private final Counter unanswered;

    StatementMetrics(MeterRegistry metrics) {
        this.inserts = counter(metrics, "insert");
        this.updates = counter(metrics, "update");
        this.deletes = counter(metrics, "delete");
        this.selects = counter(metrics, "select");
        this.others = counter(metrics, "other");
        this.unanswered = Counter.builder("millrace.statements.unanswered")
                .description("Times that PostgreSQL could not be reached or did not answer in time")
                .register(metrics);
    }

    private static Counter counter(MeterRegistry metrics, String kind) {
        return Counter.builder("millrace.statements")
                .description("Statements sent to PostgreSQL")
                .tag("kind", kind)
                .register(metrics);
    }

    void sent(String sql) {
        of(sql).increment();
    }

    void unanswered() {
        unanswered.increment();
    }

    /** By the first letter: it is on the way of every statement. What begins with WITH may do anything. */
    private Counter of(String sql) {
        return switch (sql.isEmpty() ? ' ' : sql.charAt(0)) {
            case 'I' -> inserts;
            case 'U' -> updates;
            case 'D' -> deletes;
            case 'S' -> selects;
            default -> others;
        };
    }
}
