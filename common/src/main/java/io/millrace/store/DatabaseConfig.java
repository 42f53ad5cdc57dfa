package io.millrace.store;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How a service talks to PostgreSQL, beyond what {@code quarkus.datasource} says. */
@ConfigMapping(prefix = "millrace.database")
public interface DatabaseConfig {

    /** How long a statement may take before its caller gets an error; the server ends it a little later. */
    @WithDefault("4s")
    Duration statementTimeout();

    /** How long to wait for a connection of the pool, the time to open one included. */
    @WithDefault("3s")
    Duration connectionTimeout();

    /** Whether this service brings the schema up to date when it starts. Off where a job of its own does it. */
    @WithDefault("true")
    boolean migrateAtStart();

    /** How long a starting service waits for PostgreSQL to answer. */
    @WithDefault("60s")
    Duration startTimeout();
}
