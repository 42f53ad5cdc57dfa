package io.millrace.scheduler;

import io.millrace.store.Schema;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.CommandLineArguments;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * A process that is started with the argument {@code migrate} brings the schema up to date and ends, with 0 if all is well:
 * it never comes so far as to open a port, ask Kafka or begin a duty. A deployment runs it before the services of a new
 * version.
 */
@Singleton
class MigrateOnly {

    static final String ARGUMENT = "migrate";

    /** Before the schema's own start, which fails on one that is out of date where services do not migrate. */
    private static final int BEFORE_SCHEMA = 90;

    private final Schema schema;
    private final List<String> arguments;

    MigrateOnly(Schema schema, @CommandLineArguments String[] arguments) {
        this.schema = schema;
        this.arguments = List.of(arguments);
    }

    void onStart(@Observes @Priority(BEFORE_SCHEMA) StartupEvent event) {
        if (arguments.contains(ARGUMENT)) {
            schema.migrate();
            throw new PreventFurtherStepsException("the schema is up to date", 0);
        }
    }
}
