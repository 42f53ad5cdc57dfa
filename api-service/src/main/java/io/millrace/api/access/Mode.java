package io.millrace.api.access;

import io.millrace.access.Secret;
import io.millrace.dispatch.Foundation;
import io.millrace.store.AccessStore;
import io.millrace.store.StartPatience;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Whether requests need credentials here, decided once; and that nobody is let in without from beyond this machine. */
@Singleton
class Mode {

    private static final Logger LOG = Logger.getLogger(Mode.class);

    /** Before the port is opened. */
    private static final int EARLY = 150;

    private static final int SHORTEST_BOOTSTRAP_KEY = 32;

    private final AccessStore store;
    private final String host;
    private final boolean loopback;
    private final boolean required;
    private final boolean configured;
    private final Optional<Secret> bootstrap;

    Mode(AccessConfig config, AccessStore store, @ConfigProperty(name = "quarkus.http.host") String host) {
        this.store = store;
        this.host = host;
        this.loopback = isLoopback(host);
        this.bootstrap = bootstrap(config);
        this.configured = bootstrap.isPresent() || config.oidc().issuer().isPresent();
        this.required = config.required().orElse(configured || !loopback);
    }

    void onStart(@Observes @Priority(EARLY) StartupEvent event, Foundation foundation, StartPatience patience) {
        boolean anyCredential = configured || (!loopback && required && anyKey(foundation, patience));
        refuse(loopback, required, anyCredential).ifPresent(why -> {
            throw new IllegalStateException("This service would listen on " + host + ", beyond this machine, " + why);
        });
        if (!required) {
            LOG.info("requests need no credential: only this machine is listened to");
        }
    }

    /** A service that was told of no credential does not listen before it knows that there is one. */
    private boolean anyKey(Foundation foundation, StartPatience patience) {
        foundation.lay();
        return patience.answerTo(store::anyUsable);
    }

    /** Why a service must not start so. Empty if it may. */
    static Optional<String> refuse(boolean loopback, boolean required, boolean anyCredential) {
        if (loopback) {
            return Optional.empty();
        }
        if (!required) {
            return Optional.of(
                    "while millrace.access.required=false lets everybody in. Take that away, or set quarkus.http.host=127.0.0.1.");
        }
        return anyCredential
                ? Optional.empty()
                : Optional.of(
                        "and there is no credential that anybody could show. Set millrace.access.bootstrap-key-file"
                                + " (or MILLRACE_ACCESS_BOOTSTRAP_KEY) or millrace.access.oidc.issuer, or quarkus.http.host=127.0.0.1;"
                                + " docs/security.md says more.");
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            // Whatever it is, it is not known to be this machine alone.
            return false;
        }
    }

    private static Optional<Secret> bootstrap(AccessConfig config) {
        if (config.bootstrapKey().isPresent() && config.bootstrapKeyFile().isPresent()) {
            throw new IllegalArgumentException(
                    "millrace.access: bootstrap-key and bootstrap-key-file are both set; set one");
        }
        return config.bootstrapKey()
                .or(() -> config.bootstrapKeyFile().map(file -> {
                    try {
                        return Files.readString(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException("millrace.access.bootstrap-key-file cannot be read", e);
                    }
                }))
                .map(String::strip)
                .map(key -> {
                    if (key.length() < SHORTEST_BOOTSTRAP_KEY) {
                        throw new IllegalArgumentException("millrace.access: the bootstrap key must have at least "
                                + SHORTEST_BOOTSTRAP_KEY + " characters, such as those of: openssl rand -base64 32");
                    }
                    return Secret.of(key);
                });
    }

    /** Whether every request needs a credential. */
    boolean required() {
        return required;
    }

    /** The bootstrap key, where there is one. */
    Optional<Secret> bootstrap() {
        return bootstrap;
    }
}
