package io.millrace.pack.document;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The transformation of documents: where they may be fetched from, and how large they may be. */
@ConfigMapping(prefix = "millrace.documents")
interface DocumentsConfig {

    /**
     * Whether documents may be fetched from any address. Else not from private, loopback, link-local and other special
     * ones, whatever name stands for them, because callers could read through the worker what they cannot read
     * themselves. The local profile has it.
     */
    @WithDefault("false")
    boolean allowPrivate();

    /**
     * Where documents may be fetched from although the address is special, separated by commas: names, names with all
     * below them ({@code *.corp.example}), addresses, networks ({@code 10.1.0.0/16}).
     */
    Optional<List<String>> allow();

    /** How long the connection to where a document is fetched from may take, its TLS included. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** How long fetching a document may take in all, redirections apart. */
    @WithDefault("30s")
    Duration timeout();

    /** The largest document that is fetched; one that is uploaded is bounded by {@code millrace.http.max-document}. */
    @WithDefault("10M")
    MemorySize maxSize();

    /** The longest that a document may be transformed into, in characters. */
    @WithDefault("10000000")
    int maxContent();
}
