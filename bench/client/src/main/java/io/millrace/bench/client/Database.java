package io.millrace.bench.client;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.UUID;

/**
 * What the bench asks PostgreSQL itself. Every query carries a comment, so that the bench's own statements are not
 * counted as Millrace's.
 */
final class Database implements AutoCloseable {

    /**
     * What PostgreSQL has counted since it started.
     *
     * @param statements top-level statements, -1 if pg_stat_statements is not there
     * @param updates updated rows of the job table, and {@code hotUpdates} those that touched no index
     */
    record Counters(long statements, long commits, long updates, long hotUpdates) {}

    private static final String FINISHED = """
        /* bench */ SELECT count(*) FROM (
          SELECT id, state FROM millrace.job UNION ALL SELECT id, state FROM millrace.finished_job) jobs
        WHERE id >= ? AND state = 'SUCCESS'""";

    private static final String COUNTERS = """
        /* bench */ SELECT d.xact_commit, coalesce(t.n_tup_upd, 0), coalesce(t.n_tup_hot_upd, 0)
        FROM pg_stat_database d
        LEFT JOIN pg_stat_user_tables t ON t.schemaname = 'millrace' AND t.relname = 'job'
        WHERE d.datname = current_database()""";

    private static final String STATEMENTS = """
        /* bench */ SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
        WHERE query NOT LIKE '%/* bench */%' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())""";

    private final Connection connection;
    private final boolean countsStatements;

    Database(String url, String user) throws SQLException {
        connection = DriverManager.getConnection(url, user, "");
        countsStatements = hasStatementStatistics();
    }

    /** How many jobs with this id or a later one the store calls finished. */
    synchronized long finishedSince(UUID first) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FINISHED)) {
            query.setObject(1, first);
            return onlyLong(query);
        }
    }

    synchronized Counters counters() throws SQLException {
        long statements = -1;
        if (countsStatements) {
            try (PreparedStatement query = connection.prepareStatement(STATEMENTS)) {
                statements = onlyLong(query);
            }
        }
        try (PreparedStatement query = connection.prepareStatement(COUNTERS);
                ResultSet row = query.executeQuery()) {
            row.next();
            return new Counters(statements, row.getLong(1), row.getLong(2), row.getLong(3));
        }
    }

    /** An id that no job submitted before this instant reaches, and every later one does: ids are UUIDv7. */
    static UUID idFloor(Instant instant) {
        return new UUID(instant.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L);
    }

    private boolean hasStatementStatistics() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery("/* bench */ SELECT current_setting('shared_preload_libraries')")) {
                row.next();
                if (!row.getString(1).contains("pg_stat_statements")) {
                    return false;
                }
            }
            statement.execute("/* bench */ CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            return true;
        }
    }

    private static long onlyLong(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
