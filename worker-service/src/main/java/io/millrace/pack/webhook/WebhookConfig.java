package io.millrace.pack.webhook;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The delivery of callbacks: what they are signed with, where they may go, how long that may take. */
@ConfigMapping(prefix = "millrace.webhooks")
interface WebhookConfig {

    /**
     * What callbacks are signed with, separated by commas: {@code whsec_} and 24 to 64 random bytes in Base64, as Standard
     * Webhooks has it. Each callback is signed with every one of them, so that a secret can be changed without a gap: add
     * the new one, let receivers change over, take the old one away. Give it in the environment, from a secret.
     */
    Optional<List<String>> secrets();

    /**
     * Whether callbacks are sent without a signature while there is no secret; else they wait for one, as long as their
     * tries last. For trying things out: the local profile has it.
     */
    @WithDefault("false")
    boolean allowUnsigned();

    /**
     * Whether callbacks may go to any address. Else not to private, loopback, link-local and other special ones, whatever
     * name stands for them, because callers could reach through the worker what they cannot reach themselves. The local
     * profile has it.
     */
    @WithDefault("false")
    boolean allowPrivate();

    /**
     * Where callbacks may go although the address is special, separated by commas: names ({@code hooks.internal}), names
     * with all below them ({@code *.corp.example}), addresses, networks ({@code 10.1.0.0/16}, {@code fd12::/16}).
     */
    Optional<List<String>> allow();

    /** How long a receiver may take to accept a connection, its TLS included. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** How long an attempt may take in all, until the receiver has answered. Less than a minute. */
    @WithDefault("20s")
    Duration timeout();

    /** The largest result that a callback carries; one that is larger is named by its address. */
    @WithDefault("64K")
    MemorySize maxResult();

    /**
     * The address of the API as receivers see it, such as {@code https://millrace.example.org}, for what callbacks name by
     * its address; without it that begins with {@code /api/v1}.
     */
    Optional<String> apiUrl();

    /**
     * Tasks, separated by commas, whose callbacks have the bare result as {@code data}: {@code {"success": true, "data":
     * …}}, and nothing of the job around it but its id.
     */
    Optional<Set<String>> resultAsData();
}
