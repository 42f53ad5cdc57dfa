package io.millrace.testing;

import io.millrace.local.LocalPostgres;
import io.millrace.store.Database;
import io.millrace.store.DatabaseConfig;
import io.millrace.store.Schema;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real PostgreSQL with Millrace's schema, one for all tests of a JVM. */
public final class RealDatabase {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final RealDatabase SHARED = new RealDatabase();

    private final LocalPostgres server;
    private final Database database;

    private RealDatabase() {
        server = LocalPostgres.start(temporaryFolder(), 0);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-postgres"));
        var connect = PgConnectOptions.fromUri(server.reactiveUrl())
                .setUser(server.user())
                .setPassword(server.password())
                .setCachePreparedStatements(true)
                .addProperty("search_path", Schema.NAME)
                // As MillracePool does: what is tested is planned as it will be.
                .addProperty("plan_cache_mode", "force_generic_plan")
                .addProperty("jit", "off");
        Pool pool = PgBuilder.pool()
                .connectingTo(connect)
                .with(new PoolOptions().setMaxSize(16))
                .using(Vertx.vertx())
                .build();
        database = new Database(pool, TIMEOUT);
        Schema.of(database, new Config(), server.reactiveUrl(), server.user(), server.password())
                .migrate();
    }

    private record Config() implements DatabaseConfig {
        @Override
        public Duration statementTimeout() {
            return TIMEOUT;
        }

        @Override
        public Duration connectionTimeout() {
            return TIMEOUT;
        }

        @Override
        public boolean migrateAtStart() {
            return true;
        }

        @Override
        public Duration startTimeout() {
            return TIMEOUT;
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("millrace-postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The database, with every table empty. */
    public static Database empty() {
        // All there are, so that no migration's new table is forgotten here.
        String tables = String.join(
                ", ",
                SHARED.database.list(
                        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'flyway%'",
                        Tuple.tuple(), row -> row.getString("tablename")));
        SHARED.database.run("TRUNCATE " + tables, Tuple.tuple());
        return SHARED.database;
    }

    /** Where it listens, for a service under test. */
    public static LocalPostgres server() {
        return SHARED.server;
    }
}
