package io.millrace.api.access;

import io.millrace.access.AuditEntry;
import io.millrace.access.Caller;
import io.millrace.access.Secret;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** How a browser shows who is using it: an API key once, then a cookie that no script can read and no other site can send. */
@Path("/login")
public class LoginResource {

    static final String COOKIE = "millrace_session";

    private static final String HTML = MediaType.TEXT_HTML + ";charset=UTF-8";
    private static final String WRONG =
            "<p class=\"wrong\" role=\"alert\">This key is unknown, revoked or expired.</p>\n";

    private final Keys keys;
    private final AuditTrail audit;
    private final AccessConfig config;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    LoginResource(Keys keys, AuditTrail audit, AccessConfig config, Clock clock) {
        this.keys = keys;
        this.audit = audit;
        this.config = config;
        this.clock = clock;
    }

    @GET
    @NonBlocking
    @Produces(HTML)
    @Operation(hidden = true)
    public Response page(@RestQuery @Nullable String to) {
        return page(Response.Status.OK, "", to);
    }

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Produces(HTML)
    @Operation(hidden = true)
    public Response logIn(
            @RestForm @Nullable String key, @RestForm @Nullable String to, @Context HttpServerRequest request) {
        String token = Secret.random(random);
        Caller caller = key == null ? null : keys.logIn(key.strip(), token).orElse(null);
        if (caller == null) {
            return page(Response.Status.UNAUTHORIZED, WRONG, to);
        }
        audit.add(entry("/login", caller, clock.instant(), request));
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, ours(to))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.SET_COOKIE, cookie(token, config.session(), config))
                .build();
    }

    private static Response page(Response.Status status, String message, @Nullable String to) {
        return Response.status(status)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity("""
                    <!doctype html>
                    <html lang="en">
                    <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Millrace: log in</title>
                    <link rel="icon" href="/dashboard/icon.svg" type="image/svg+xml"><script src="/dashboard/theme.js"></script><link rel="stylesheet" href="/dashboard/app.css"></head>
                    <body class="login">
                    <main class="card">
                    <h1><img src="/dashboard/icon.svg" alt="" width="26" height="26"> Millrace</h1>
                    %s<form method="post" action="/login">
                    <input type="hidden" name="to" value="%s">
                    <label class="field"><span>API key</span><input type="password" name="key" autocomplete="current-password" required autofocus><small>It begins with mlr_. Who runs this Millrace makes keys: POST /api/v1/keys.</small></label>
                    <button class="primary">Log in</button>
                    </form>
                    </main>
                    </body>
                    </html>
                    """.formatted(message, escaped(ours(to))))
                .build();
    }

    /** Coming and going are entries of the audit log, though they change nothing. */
    static AuditEntry entry(String route, Caller caller, Instant now, HttpServerRequest request) {
        return new AuditEntry(
                now,
                caller.name(),
                caller.role(),
                caller.project(),
                "POST",
                route,
                null,
                Response.Status.SEE_OTHER.getStatusCode(),
                Refusals.address(request),
                null);
    }

    /** The cookie of a session, as {@code Set-Cookie} has it. */
    static String cookie(String token, Duration age, AccessConfig config) {
        return COOKIE + "=" + token + "; Path=/; Max-Age=" + age.toSeconds() + "; HttpOnly; SameSite=Strict"
                + (config.secureCookie() ? "; Secure" : "");
    }

    /** Where to go on: a place of this service and no other. */
    static String ours(@Nullable String to) {
        return to != null && to.matches("/(?![/\\\\])[\\x21-\\x7e&&[^\\\\]]*") && isUri(to) ? to : "/";
    }

    private static boolean isUri(String text) {
        try {
            URI uri = new URI(text);
            return uri.getHost() == null && uri.getScheme() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
