package io.millrace.pack.market;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The HTTP API that has prices, a symbol a request, as CSV with a header line. */
@ConfigMapping(prefix = "millrace.market.http")
interface HttpProviderConfig {

    /** Where it is, such as {@code https://prices.example.com}. Without it every fetch fails. */
    Optional<URI> baseUrl();

    /** The path and query of a request; {@code {symbol}}, {@code {from}} and {@code {to}} stand for what is asked for. */
    @WithDefault("/daily/{symbol}.csv?from={from}&to={to}")
    String path();

    /** The header that says who we are. */
    @WithDefault("Authorization")
    String credentialsHeader();

    /** What that header says, such as {@code Bearer <token>}; a secret, best given in the environment. Empty for none. */
    Optional<String> credentials();

    /** How long a whole call may take, from the connection to the last byte of the answer. */
    @WithDefault("10s")
    Duration timeout();

    /** The largest answer that is read. */
    @WithDefault("4M")
    MemorySize maxAnswer();

    /** The column that has the day. */
    @WithDefault("date")
    String dateColumn();

    /** The column that has the price at the end of the day, as it was traded. */
    @WithDefault("close")
    String closeColumn();

    /** The column that says how many shares one has become; an answer may have none. */
    @WithDefault("split")
    String splitColumn();

    /** The column that has the dividend of a share; an answer may have none. */
    @WithDefault("dividend")
    String dividendColumn();
}
