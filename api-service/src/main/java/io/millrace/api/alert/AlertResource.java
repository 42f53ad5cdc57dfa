package io.millrace.api.alert;

import io.millrace.alert.Alert;
import io.millrace.api.body.PageOf;
import io.millrace.api.problem.ProblemBody;
import io.millrace.store.AlertStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is wrong, and what was. */
@Path("/api/v1/alerts")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Alerts")
public class AlertResource {

    private final AlertStore store;

    AlertResource(AlertStore store) {
        this.store = store;
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listAlerts",
            summary = "List alerts",
            description = "What was told, the newest first, a page at a time. active=true leaves what is still so.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = AlertView.Page.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public AlertView.Page list(@BeanParam AlertListing listing) {
        var query = listing.query();
        // One more than asked for tells whether there is a next page.
        List<Alert> found = store.list(query.filter(), query.after(), query.limit() + 1);
        var page = PageOf.cut(
                found, query.limit(), AlertView::of, last -> last.id().toString());
        return new AlertView.Page(page.items(), page.nextCursor());
    }
}
