package io.millrace.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings the schema up to date before anything else in a service asks for it. Flyway and its JDBC driver are touched only
 * when there is something to do: a service that starts on a current schema asks one question and goes on.
 */
@Singleton
public class Schema {

    /** The PostgreSQL schema everything lives in. */
    public static final String NAME = "millrace";

    /** In order. Flyway cannot scan for files in a native image, so they are named here. */
    private static final List<String> MIGRATIONS = List.of(
            "V1__foundation.sql",
            "V2__limits.sql",
            "V3__fleet.sql",
            "V4__unique.sql",
            "V5__schedule.sql",
            "V6__batch.sql",
            "V7__alert.sql",
            "V8__archive.sql",
            "V9__workflow.sql",
            "V10__pipeline.sql",
            "V11__sql_defaults.sql",
            "V12__callback.sql",
            "V13__market.sql",
            "V14__llm.sql",
            "V15__audio.sql",
            "V16__access.sql",
            "V17__trace.sql",
            "V18__waiting.sql",
            "V19__statistics.sql",
            "V20__traceback.sql",
            "V21__calls_of_a_project.sql",
            "V22__a_batchs_callback_is_in_its_trace.sql",
            "V23__failures.sql",
            "V24__forget_at.sql");

    private static final Logger LOG = Logger.getLogger(Schema.class);

    private final Database database;
    private final DatabaseConfig config;
    private final StartPatience patience;
    private final String url;
    private final String user;
    private final String password;

    @Inject
    Schema(
            Database database,
            DatabaseConfig config,
            DatabaseTlsConfig tls,
            @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") String user,
            @ConfigProperty(name = "quarkus.datasource.password") String password) {
        this(database, config, DatabaseTls.jdbc(tls, jdbc(url)), user, password);
    }

    /** @param url as JDBC has it */
    private Schema(Database database, DatabaseConfig config, String url, String user, String password) {
        this.database = database;
        this.config = config;
        this.patience = new StartPatience(config);
        this.url = url;
        this.user = user;
        this.password = password;
    }

    private static String jdbc(String reactive) {
        return "jdbc:" + reactive.replaceFirst("^vertx-reactive:", "");
    }

    /** The schema of a database that is not the service's own, such as a test's. */
    public static Schema of(Database database, DatabaseConfig config, String url, String user, String password) {
        return new Schema(database, config, jdbc(url), user, password);
    }

    /**
     * Waits until PostgreSQL answers and has what this build needs, and migrates where a service is to.
     *
     * @throws IllegalStateException if the schema is older, and nobody here is to migrate
     * @throws StoreUnavailable when there was no answer in {@code millrace.database.start-timeout}
     */
    public void await() {
        int applied = waitForAnswer();
        if (applied < MIGRATIONS.size() && config.migrateAtStart()) {
            migrate();
            applied = waitForAnswer();
        }
        if (applied < MIGRATIONS.size()) {
            throw new IllegalStateException("the schema is at version " + applied + ", this build needs "
                    + MIGRATIONS.size() + ": run the migration first, or set millrace.database.migrate-at-start=true");
        }
    }

    /** Brings the schema up to date, when PostgreSQL answers. Safe to run from many services at once: Flyway takes a lock. */
    public void migrate() {
        // Flyway's own attempts to connect would go on for minutes, whatever the process is told.
        waitForAnswer();
        int done = Flyway.configure()
                .dataSource(url, user, password)
                .schemas(NAME)
                .defaultSchema(NAME)
                .createSchemas(true)
                .resourceProvider(new NamedMigrations())
                .javaMigrationClassProvider(List::of)
                .failOnMissingLocations(true)
                .load()
                .migrate()
                .migrationsExecuted;
        LOG.infof("schema is up to date migrations_run=%d", done);
    }

    private int waitForAnswer() {
        return patience.answerTo(this::appliedVersion);
    }

    private int appliedVersion() {
        boolean any = database.first(
                        "SELECT to_regclass('millrace.flyway_schema_history') IS NOT NULL", Tuple.tuple(), Schema::bool)
                .orElse(false);
        return any
                ? database.first(
                                "SELECT coalesce(max(version::int), 0) FROM millrace.flyway_schema_history WHERE success",
                                Tuple.tuple(),
                                row -> row.getInteger(0))
                        .orElse(0)
                : 0;
    }

    private static boolean bool(Row row) {
        return row.getBoolean(0);
    }

    private static final class NamedMigrations implements ResourceProvider {
        @Override
        public @Nullable LoadableResource getResource(String name) {
            // Flyway also asks for files that may be beside a migration, and takes null for no.
            return MIGRATIONS.contains(name) ? new Migration(name) : null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return MIGRATIONS.stream()
                    .filter(name -> name.startsWith(prefix))
                    .<LoadableResource>map(Migration::new)
                    .toList();
        }
    }

    private static final class Migration extends LoadableResource {
        private final String name;

        Migration(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream in = Schema.class.getResourceAsStream("/db/migration/" + name);
            if (in == null) {
                throw new UncheckedIOException(new IOException("migration " + name + " is not in this build"));
            }
            return new InputStreamReader(in, StandardCharsets.UTF_8);
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
