package io.millrace.api.stats;

import io.millrace.store.CountStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How many jobs are where. */
@Path("/api/v1/stats")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Stats")
public class StatsResource {

    private static final int MINUTES = 60;

    private final CountStore store;

    StatsResource(CountStore store) {
        this.store = store;
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "getStats",
            summary = "Jobs by state, queue and task, and what ended in each of the last 60 minutes",
            description = "Exact, from counters that change with the jobs.")
    public Stats get() {
        return Stats.of(store.all(), store.minutes(MINUTES));
    }
}
