package io.millrace.api.fleet;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What may be asked of workers over HTTP. */
@ConfigMapping(prefix = "millrace.fleet")
interface FleetConfig {

    /** The most slots that a worker may be asked to have. */
    @WithDefault("10000")
    int maxConcurrency();
}
