package io.millrace.api.batch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How large a batch may be; its body is bounded by {@code millrace.http.max-bulk-body}. */
@ConfigMapping(prefix = "millrace.batch")
interface BatchBounds {

    /** The most jobs in one batch. */
    @WithDefault("20000")
    int maxJobs();

    /** The most dependencies in one batch. */
    @WithDefault("400000")
    int maxDependencies();
}
