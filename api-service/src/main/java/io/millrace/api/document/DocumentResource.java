package io.millrace.api.document;

import io.millrace.api.body.Body;
import io.millrace.api.body.Ids;
import io.millrace.api.caller.Callers;
import io.millrace.api.document.DocumentRequests.Beside;
import io.millrace.api.document.DocumentRequests.Wanted;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.document.Document;
import io.millrace.job.DomainStatus;
import io.millrace.job.JobIds;
import io.millrace.store.DocumentStore;
import io.millrace.store.JobQueries;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Documents that are transformed: text extracted, formats converted. */
@Path("/api/v1/documents")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
public class DocumentResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final DocumentStore store;
    private final JobQueries jobs;
    private final JobIds ids = new JobIds();

    DocumentResource(DocumentStore store, JobQueries jobs) {
        this.store = store;
        this.jobs = jobs;
    }

    @POST
    @Path("/transform")
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "transformDocument",
            summary = "Transform a document",
            description =
                    "JSON names an address to fetch it from. Any other body is the document itself, of the type that Content-Type says: text/plain, text/markdown, text/html, application/pdf or that of DOCX; what JSON would say beside it are then parameters of the address.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = DocumentView.Posted.class)))
    @APIResponse(
            responseCode = "202",
            description = "Accepted",
            content = @Content(schema = @Schema(implementation = DocumentView.Accepted.class)))
    @APIResponse(
            responseCode = "413",
            description = "payload_too_large",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "415",
            description = "unsupported_media_type",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<DocumentView.Accepted> fetch(Body body) {
        return accept(DocumentRequests.fetched(ids.next(), body));
    }

    @POST
    @Path("/transform")
    @RunOnVirtualThread
    @Consumes(MediaType.WILDCARD)
    @Operation(hidden = true)
    public RestResponse<DocumentView.Accepted> upload(
            Body body,
            @RestHeader(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @RestQuery @Nullable String to,
            @RestQuery @Nullable String name,
            @RestQuery("project_id") @Nullable String projectId,
            @RestQuery("trace_id") @Nullable String traceId,
            @RestQuery("callback_url") @Nullable String callbackUrl) {
        return accept(DocumentRequests.given(
                ids.next(),
                body,
                contentType == null ? "" : contentType,
                new Beside(to, name, Callers.project(Callers.current(), projectId), traceId, callbackUrl)));
    }

    private RestResponse<DocumentView.Accepted> accept(Wanted wanted) {
        UUID document = wanted.document().id();
        UUID job = store.add(wanted.document(), wanted.wishes());
        return RestResponse.ResponseBuilder.<DocumentView.Accepted>create(RestResponse.Status.ACCEPTED)
                .header(HttpHeaders.LOCATION, "/api/v1/documents/" + document)
                .entity(new DocumentView.Accepted(job, document, DomainStatus.PENDING.wireName()))
                .build();
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getDocument", summary = "Look at a document")
    @APIResponse(
            responseCode = "200",
            description = "The document",
            content = @Content(schema = @Schema(implementation = DocumentView.class)))
    @APIResponse(
            responseCode = "404",
            description = "document_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public DocumentView get(@RestPath String id) {
        Document document = find(id);
        return DocumentView.of(document, status(document));
    }

    /** A page that somebody else has written must not act as one of ours: it is to be kept, not shown. */
    @GET
    @Path("/{id}/content")
    @RunOnVirtualThread
    @Produces(MediaType.WILDCARD)
    @Operation(operationId = "getDocumentContent", summary = "Fetch what a document was transformed into")
    @Parameter(name = "id", description = "the document's id")
    @APIResponse(responseCode = "200", description = "Text, Markdown or HTML, as was asked for")
    @APIResponse(
            responseCode = "404",
            description = "document_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_not_finished, job_failed",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public Response content(@RestPath String id) {
        Document document = find(id);
        String content = store.content(document.id()).orElseThrow(() -> notThere(document));
        return Response.ok(content, document.target().mediaType() + "; charset=utf-8")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + document.id() + "."
                                + document.target().extension() + "\"")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "sandbox")
                .build();
    }

    private Problem notThere(Document document) {
        DomainStatus status = status(document);
        return status == DomainStatus.FAILED
                ? Problem.of(
                        ProblemCode.JOB_FAILED,
                        "Job " + document.jobId() + " has not transformed document " + document.id() + ".",
                        document.jobId())
                : Problem.of(
                        ProblemCode.JOB_NOT_FINISHED,
                        "Document " + document.id() + " is " + status.wireName() + ".",
                        document.jobId());
    }

    private DomainStatus status(Document document) {
        if (document.transformedAt() != null) {
            return DomainStatus.SUCCESS;
        }
        return jobs.get(document.jobId())
                .map(job -> DomainStatus.of(job.state()))
                .orElse(DomainStatus.FAILED);
    }

    private Document find(String id) {
        return Ids.read(id)
                .flatMap(store::get)
                .orElseThrow(() -> Problem.of(ProblemCode.DOCUMENT_NOT_FOUND, "There is no document '" + id + "'."));
    }
}
