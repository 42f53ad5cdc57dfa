package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.millrace.store.DatabaseConfig;
import io.millrace.store.Schema;
import io.millrace.testing.RealDatabase;
import io.quarkus.runtime.StartupEvent;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class MigrateOnlyTest {

    private static final String DATABASE = "migrate_only";

    /** Where no service migrates as it starts. */
    private record Config() implements DatabaseConfig {
        @Override
        public Duration statementTimeout() {
            return Duration.ofSeconds(20);
        }

        @Override
        public Duration connectionTimeout() {
            return Duration.ofSeconds(20);
        }

        @Override
        public boolean migrateAtStart() {
            return false;
        }

        @Override
        public Duration startTimeout() {
            return Duration.ofSeconds(20);
        }
    }

    @Test
    void aProcessThatIsToldToMigrateDoesAndEndsWell() throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE);
        }
        var ended = new ArrayList<Integer>();
        var migration = new MigrateOnly(schema(DATABASE), new String[] {MigrateOnly.ARGUMENT}, ended::add);

        migration.onStart(new StartupEvent());

        assertThat(ended).containsExactly(0);

        try (Connection connection = connect(DATABASE);
                Statement statement = connection.createStatement();
                ResultSet jobs = statement.executeQuery("SELECT count(*) FROM millrace.job")) {
            assertThat(jobs.next()).isTrue();
        }
    }

    @Test
    void anyOtherProcessGoesOn() {
        var scheduler = new MigrateOnly(schema("there is no such database"), new String[] {});

        assertThatCode(() -> scheduler.onStart(new StartupEvent())).doesNotThrowAnyException();
    }

    private static Schema schema(String database) {
        var server = RealDatabase.server();
        return Schema.of(
                RealDatabase.empty(),
                new Config(),
                url(server.reactiveUrl(), database),
                server.user(),
                server.password());
    }

    private static Connection connect(String database) throws SQLException {
        var server = RealDatabase.server();
        return DriverManager.getConnection(
                "jdbc:" + url(server.reactiveUrl(), database), server.user(), server.password());
    }

    private static String url(String url, String database) {
        return url.replaceFirst("/[^/]+$", "/" + database);
    }
}
