package io.millrace.pack.market;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where prices of the market come from, and how long they are kept. */
@ConfigMapping(prefix = "millrace.market")
interface MarketConfig {

    /** What {@code refresh_market_data} asks. */
    enum Provider {
        FILE,
        HTTP
    }

    /** Where prices are fetched: {@code file}, or {@code http} ({@code millrace.market.http.*}). */
    @WithDefault("file")
    Provider provider();

    /**
     * The file of prices, as CSV with the columns symbol, date, close and, if there are any, split and dividend. Without it,
     * the made-up prices that come with Millrace.
     */
    Optional<Path> file();

    /** How many symbols one job of a refresh fetches. */
    @WithDefault("50")
    int chunkSize();

    /** How old a price must be for {@code cleanup_old_data} to forget it, if no index follows from it. */
    @WithDefault("3650d")
    Duration keepPrices();

    /** How old a report must be for {@code cleanup_old_data} to forget it. */
    @WithDefault("90d")
    Duration keepReports();
}
