package io.millrace.api.access;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** How a browser forgets who was using it. */
@Path("/logout")
public class LogoutResource {

    private final Keys keys;
    private final AuditTrail audit;
    private final AccessConfig config;
    private final Clock clock;

    LogoutResource(Keys keys, AuditTrail audit, AccessConfig config, Clock clock) {
        this.keys = keys;
        this.audit = audit;
        this.config = config;
        this.clock = clock;
    }

    @POST
    @RunOnVirtualThread
    @Operation(hidden = true)
    public Response logOut(
            @CookieParam(LoginResource.COOKIE) @Nullable String token, @Context HttpServerRequest request) {
        if (token != null && !token.isEmpty()) {
            var caller = keys.session(token);
            keys.logOut(token);
            caller.ifPresent(who -> audit.add(LoginResource.entry("/logout", who, clock.instant(), request)));
        }
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, "/login")
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.SET_COOKIE, LoginResource.cookie("", Duration.ZERO, config))
                .build();
    }
}
