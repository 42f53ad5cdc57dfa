package io.millrace.api.workflow;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How large a batch of remote workflows may be; its body is bounded by {@code millrace.http.max-bulk-body}. */
@ConfigMapping(prefix = "millrace.workflow.batch")
interface WorkflowBounds {

    /** The most jobs in one batch of remote workflows. */
    @WithDefault("10000")
    int maxJobs();
}
