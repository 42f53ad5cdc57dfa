package io.millrace.scheduler;

import io.millrace.store.Schema;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.CommandLineArguments;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.IntConsumer;

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
    private final IntConsumer exit;

    /** Halts, where an orderly exit would have to end what has not begun: it waits to be told to, or fails on the way. */
    @Inject
    MigrateOnly(Schema schema, @CommandLineArguments String[] arguments) {
        this(schema, arguments, Runtime.getRuntime()::halt);
    }

    /** @param exit ends the process with a status; does not return, except in a test */
    MigrateOnly(Schema schema, String[] arguments, IntConsumer exit) {
        this.schema = schema;
        this.arguments = List.of(arguments);
        this.exit = exit;
    }

    void onStart(@Observes @Priority(BEFORE_SCHEMA) StartupEvent event) {
        if (arguments.contains(ARGUMENT)) {
            schema.migrate();
            exit.accept(0);
        }
    }
}
