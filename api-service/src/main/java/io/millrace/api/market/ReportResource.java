package io.millrace.api.market;

import io.millrace.api.body.Ids;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.store.MarketStore;
import io.millrace.store.MarketStore.Report;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Reports, as a page or as CSV. */
@Path("/api/v1/market/reports")
@Tag(name = "Market")
public class ReportResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final String CSV = "text/csv";
    private static final MediaType HTML_TYPE = MediaType.TEXT_HTML_TYPE.withCharset("utf-8");
    private static final MediaType CSV_TYPE = new MediaType("text", "csv", "utf-8");

    private final MarketStore store;

    ReportResource(MarketStore store) {
        this.store = store;
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Produces({MediaType.TEXT_HTML, CSV})
    @Operation(
            operationId = "getReport",
            summary = "Look at a report",
            description =
                    "Its id is that of the job that has made it. HTML, or CSV by Accept: text/csv or ?format=csv.")
    @APIResponse(
            responseCode = "200",
            description = "The report",
            content = {
                @Content(mediaType = MediaType.TEXT_HTML, schema = @Schema(implementation = String.class)),
                @Content(mediaType = CSV, schema = @Schema(implementation = String.class))
            })
    @APIResponse(
            responseCode = "404",
            description = "report_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<String> get(
            @RestPath String id, @RestQuery @Nullable String format, @Context HttpHeaders headers) {
        boolean csv = wantsCsv(format, headers);
        Report report = Ids.read(id)
                .flatMap(store::report)
                .orElseThrow(() -> Problem.of(ProblemCode.REPORT_NOT_FOUND, "There is no report '" + id + "'."));
        return RestResponse.ResponseBuilder.ok(csv ? report.csv() : report.html(), csv ? CSV_TYPE : HTML_TYPE)
                // The page needs nothing but its own style, and may do nothing.
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
                .header("X-Content-Type-Options", "nosniff")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        csv ? "attachment; filename=\"report-" + report.id() + ".csv\"" : "inline")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }

    private static boolean wantsCsv(@Nullable String format, HttpHeaders headers) {
        if (format != null && !format.isEmpty()) {
            return switch (format) {
                case "csv" -> true;
                case "html" -> false;
                default -> throw Problem.invalid("format", "must be html or csv");
            };
        }
        // In the order of what is liked best.
        for (MediaType liked : headers.getAcceptableMediaTypes()) {
            if (liked.isCompatible(MediaType.TEXT_HTML_TYPE)) {
                return false;
            }
            if (liked.isCompatible(CSV_TYPE)) {
                return true;
            }
        }
        return false;
    }
}
