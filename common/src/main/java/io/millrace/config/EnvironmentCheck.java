package io.millrace.config;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Tells of mistyped settings in the environment when a service starts. It warns and goes on: what is a setting of one
 * service only may stand in the environment of all, and an orchestrator adds names that nobody has chosen.
 */
@Singleton
class EnvironmentCheck {

    /** Before the schema: whoever waits for a database in vain should have read this first. */
    private static final int FIRST = 50;

    private static final Logger LOG = Logger.getLogger(EnvironmentCheck.class);

    void onStart(@Observes @Priority(FIRST) StartupEvent event) {
        check(System.getenv().keySet());
    }

    private static void check(Set<String> variables) {
        new Environment(KnownKeys.ALL)
                .unknownAmong(variables)
                .forEach(unknown -> LOG.warnf("environment variable ignored: %s", unknown));
    }
}
