package io.millrace.pack;

import io.millrace.local.LocalKafka;
import io.millrace.local.LocalPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL, and a real Kafka that the test can make fail: it injects a {@link Runnable} with {@link Fails}. */
public final class FailingKafka implements QuarkusTestResourceLifecycleManager {

    /** On the field that gets what makes Kafka fail, for good. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.FIELD)
    public @interface Fails {}

    private @Nullable LocalPostgres postgres;
    private @Nullable LocalKafka kafka;

    @Override
    public Map<String, String> start() {
        try {
            Path parent = Files.createDirectories(Path.of("target", "real-stack"));
            Path folder = Files.createTempDirectory(parent, "run-");
            var database = LocalPostgres.start(folder.resolve("postgres"), 0);
            postgres = database;
            var broker = LocalKafka.start(folder.resolve("kafka"), 0);
            kafka = broker;
            return Map.of(
                    "quarkus.datasource.reactive.url", database.reactiveUrl(),
                    "quarkus.datasource.username", database.user(),
                    "quarkus.datasource.password", database.password(),
                    "kafka.bootstrap.servers", broker.bootstrapServers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(
                (Runnable) this::fail, new TestInjector.AnnotatedAndMatchesType(Fails.class, Runnable.class));
    }

    private void fail() {
        if (kafka != null) {
            kafka.close();
            kafka = null;
        }
    }

    @Override
    public void stop() {
        fail();
        if (postgres != null) {
            postgres.close();
        }
    }
}
