package io.millrace.store;

import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.local.LocalPostgres;
import io.millrace.testing.Certificates;
import io.millrace.testing.RealDatabase;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both clients over TLS, to a real server with a certificate of its own. */
@Tag("real")
class DatabaseTlsTest {

    private static final String ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    private static final String SHOWN = "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

    private static final Database PLAIN = RealDatabase.empty();
    private static final LocalPostgres SERVER = RealDatabase.server();
    private static Certificates.Made servers;
    private static Certificates.Made anothers;

    private record Tls(Optional<String> mode, Optional<Path> ca, Optional<Path> certificate, Optional<Path> key)
            implements DatabaseTlsConfig {
        static Tls of(String mode, @Nullable Path ca) {
            return new Tls(Optional.of(mode), Optional.ofNullable(ca), Optional.empty(), Optional.empty());
        }
    }

    @BeforeAll
    static void aServerWithACertificate(@TempDir Path folder) throws Exception {
        servers = Certificates.make(folder, "server");
        anothers = Certificates.make(folder, "another");
        PLAIN.run("ALTER SYSTEM SET ssl_cert_file = '" + servers.certificate() + "'", Tuple.tuple());
        PLAIN.run("ALTER SYSTEM SET ssl_key_file = '" + servers.key() + "'", Tuple.tuple());
        PLAIN.run("ALTER SYSTEM SET ssl_ca_file = '" + anothers.certificate() + "'", Tuple.tuple());
        PLAIN.run("ALTER SYSTEM SET ssl = on", Tuple.tuple());
        reload("on");
    }

    @AfterAll
    static void asItWas() throws Exception {
        for (String setting : new String[] {"ssl", "ssl_cert_file", "ssl_key_file", "ssl_ca_file"}) {
            PLAIN.run("ALTER SYSTEM RESET " + setting, Tuple.tuple());
        }
        reload("off");
    }

    /** Connections made after this find TLS so. */
    private static void reload(String expected) throws Exception {
        PLAIN.run("SELECT pg_reload_conf()", Tuple.tuple());
        soon().untilAsserted(() -> assertThat(PLAIN.first(
                        "SELECT setting FROM pg_settings WHERE name = 'ssl'", Tuple.tuple(), row -> row.getString(0)))
                .as("whether connections are encrypted")
                .contains(expected));
    }

    private static boolean pooled(DatabaseTlsConfig tls) {
        return pooled(tls, ENCRYPTED).equals("true");
    }

    private static String pooled(DatabaseTlsConfig tls, String question) {
        var options = PgConnectOptions.fromUri(SERVER.reactiveUrl())
                .setUser(SERVER.user())
                .setPassword(SERVER.password());
        DatabaseTls.apply(tls, options);
        Vertx vertx = Vertx.vertx();
        Pool pool = PgBuilder.pool()
                .connectingTo(options)
                .with(new PoolOptions())
                .using(vertx)
                .build();
        try {
            return new Database(pool, Duration.ofSeconds(10))
                    .first(question, Tuple.tuple(), row -> row.getValue(0).toString())
                    .orElseThrow();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static boolean overJdbc(DatabaseTlsConfig tls) throws SQLException {
        return overJdbc(tls, ENCRYPTED).equals("t");
    }

    private static String overJdbc(DatabaseTlsConfig tls, String question) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        DatabaseTls.jdbc(tls, SERVER.jdbcUrl()), SERVER.user(), SERVER.password());
                var rows = connection.createStatement().executeQuery(question)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    @Test
    void bothClientsSpeakTlsToTheServerThatIsMeant() throws SQLException {
        Tls full = Tls.of("verify-full", servers.certificate());

        assertThat(pooled(full)).isTrue();
        assertThat(overJdbc(full)).isTrue();
        assertThat(pooled(Tls.of("require", null))).isTrue();
        assertThat(pooled(Tls.of("disable", null))).isFalse();
    }

    @Test
    void neitherClientSpeaksToAServerThatIsAnother() {
        Tls other = Tls.of("verify-full", anothers.certificate());

        assertThatThrownBy(() -> pooled(other)).isInstanceOf(StoreUnavailable.class);
        assertThatThrownBy(() -> overJdbc(other)).isInstanceOf(SQLException.class);
    }

    @Test
    void bothClientsShowACertificateOfTheirOwn() throws SQLException {
        Tls mutual = new Tls(
                Optional.of("verify-ca"), Optional.of(servers.certificate()),
                Optional.of(anothers.certificate()), Optional.of(anothers.key()));

        assertThat(pooled(mutual, SHOWN)).isEqualTo("/CN=another");
        assertThat(overJdbc(mutual, SHOWN)).isEqualTo("/CN=another");
        assertThat(DatabaseTls.jdbc(mutual, "jdbc:postgresql://db/millrace?x=y"))
                .contains("?x=y&sslmode=verify-ca&sslrootcert=", "&sslcert=", "&sslkey=", "&pemKeyAlgorithm=EC");
    }

    @Test
    void whatCannotBeVerifiedIsAMistake() {
        assertThatThrownBy(() -> DatabaseTls.jdbc(Tls.of("verify-full", null), "jdbc:postgresql://db/millrace"))
                .hasMessageContaining("needs ca");
        assertThatThrownBy(() -> DatabaseTls.jdbc(Tls.of("perhaps", null), "jdbc:postgresql://db/millrace"))
                .hasMessageContaining("perhaps");
    }
}
