package io.millrace.api.access;

import io.millrace.access.ApiKey;
import io.millrace.access.KeyText;
import io.millrace.access.Secret;
import io.millrace.api.body.Body;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.store.AccessStore;
import io.millrace.store.AccessStore.NewKey;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** API keys: make, look, rotate, revoke. */
@Path("/api/v1/keys")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Access")
public class KeyResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final AccessStore store;
    private final Keys keys;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    KeyResource(AccessStore store, Keys keys, Clock clock) {
        this.store = store;
        this.keys = keys;
        this.clock = clock;
    }

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createKey",
            summary = "Make an API key",
            description = "Its secret is shown in this answer and never again.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = KeyRequest.Posted.class)))
    @APIResponse(
            responseCode = "201",
            description = "The key, with what to send",
            content = @Content(schema = @Schema(implementation = KeyView.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<KeyView> create(Body body) {
        Instant now = clock.instant();
        KeyRequest asked = KeyRequest.read(body, now);
        KeyText text = KeyText.random(random);
        ApiKey key = store.create(new NewKey(
                text.id(),
                asked.name(),
                asked.role(),
                asked.project(),
                Secret.of(text.secret()),
                Callers.current().name(),
                asked.expiresAt()));
        return RestResponse.ResponseBuilder.<KeyView>create(RestResponse.Status.CREATED)
                .header(HttpHeaders.LOCATION, "/api/v1/keys/" + key.id())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(KeyView.of(key, text.text(), now))
                .build();
    }

    @GET
    @RunOnVirtualThread
    @Operation(operationId = "listKeys", summary = "List API keys", description = "The newest first, a page at a time.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = KeyView.Page.class)))
    public KeyView.Page list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        String after = QueryParams.after(cursor, text -> text, errors);
        QueryParams.refuse(errors);
        List<ApiKey> found = store.list(after, asked + 1);
        Instant now = clock.instant();
        var page = PageOf.cut(found, asked, key -> KeyView.of(key, null, now), ApiKey::id);
        return new KeyView.Page(page.items(), page.nextCursor());
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getKey", summary = "Look at an API key")
    @APIResponse(
            responseCode = "200",
            description = "The key",
            content = @Content(schema = @Schema(implementation = KeyView.class)))
    @APIResponse(
            responseCode = "404",
            description = "key_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public KeyView get(@RestPath String id) {
        return KeyView.of(find(id), null, clock.instant());
    }

    @POST
    @Path("/{id}/revoke")
    @RunOnVirtualThread
    @Operation(
            operationId = "revokeKey",
            summary = "Revoke an API key",
            description = "For ever. It is good nowhere any more within seconds, and the sessions it opened are over.")
    @APIResponse(
            responseCode = "200",
            description = "The key",
            content = @Content(schema = @Schema(implementation = KeyView.class)))
    @APIResponse(
            responseCode = "404",
            description = "key_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public KeyView revoke(@RestPath String id) {
        ApiKey revoked = store.revoke(id).orElseThrow(() -> unknown(id));
        keys.changed(id);
        return KeyView.of(revoked, null, clock.instant());
    }

    /** Body: {@code {"grace_seconds": 3600}}, or none. */
    @POST
    @Path("/{id}/rotate")
    @RunOnVirtualThread
    @Operation(
            operationId = "rotateKey",
            summary = "Give an API key another secret",
            description =
                    "Shown in this answer and never again. With grace_seconds, the one before stays good for so long.")
    @RequestBody(content = @Content(schema = @Schema(implementation = KeyRequest.PostedRotation.class)))
    @APIResponse(
            responseCode = "200",
            description = "The key, with what to send",
            content = @Content(schema = @Schema(implementation = KeyView.class)))
    @APIResponse(
            responseCode = "404",
            description = "key_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "key_revoked",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<KeyView> rotate(@RestPath String id, Body body) {
        Instant now = clock.instant();
        Instant grace = KeyRequest.grace(body, now);
        KeyText text = new KeyText(find(id).id(), "").rotated(random);
        ApiKey rotated = store.rotate(id, Secret.of(text.secret()), grace)
                .orElseThrow(
                        () -> Problem.of(ProblemCode.KEY_REVOKED, "Key " + id + " was revoked; make another one."));
        keys.changed(id);
        return RestResponse.ResponseBuilder.<KeyView>create(RestResponse.Status.OK)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(KeyView.of(rotated, text.text(), now))
                .build();
    }

    private ApiKey find(String id) {
        return store.get(id).orElseThrow(() -> unknown(id));
    }

    private static Problem unknown(String id) {
        return Problem.of(ProblemCode.KEY_NOT_FOUND, "There is no key '" + id + "'.");
    }
}
