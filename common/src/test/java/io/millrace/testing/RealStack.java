package io.millrace.testing;

import io.millrace.local.LocalKafka;
import io.millrace.local.LocalPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL and a real Kafka for a test, new and empty. */
public final class RealStack implements QuarkusTestResourceLifecycleManager {

    private @Nullable LocalPostgres postgres;
    private @Nullable LocalKafka kafka;

    @Override
    public Map<String, String> start() {
        Path folder = folder();
        var database = LocalPostgres.start(folder.resolve("postgres"), 0);
        postgres = database;
        var broker = LocalKafka.start(folder.resolve("kafka"), 0);
        kafka = broker;
        return Map.of(
                "quarkus.datasource.reactive.url", database.reactiveUrl(),
                "quarkus.datasource.username", database.user(),
                "quarkus.datasource.password", database.password(),
                "kafka.bootstrap.servers", broker.bootstrapServers(),
                // No test is about it, and some write a great deal beside others that do.
                "millrace.database.statement-timeout", "30s");
    }

    private static Path folder() {
        try {
            Path parent = Files.createDirectories(Path.of("target", "real-stack"));
            return Files.createTempDirectory(parent, "run-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (kafka != null) {
            kafka.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }
}
