package io.millrace.api.access;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;

/** What browsers are told about every answer. */
final class BrowserHeaders {

    /** Pages have their scripts and styles in files of ours, are shown in nobody's frame, and send forms nowhere else. */
    private static final String PAGES = "default-src 'self'; img-src 'self' data:; "
            + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /** Swagger UI, in local mode only, has its script and its style in its page. */
    private static final String SWAGGER =
            PAGES + "; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'";

    private static final String POLICY = "Content-Security-Policy";

    private BrowserHeaders() {}

    static void put(RoutingContext context) {
        boolean swagger =
                context.request().path() != null && context.request().path().startsWith("/q/swagger-ui");
        MultiMap headers = context.response().headers();
        // Late, because a resource that has a policy of its own adds it to what is there.
        context.addHeadersEndHandler(_ -> {
            if (!headers.contains(POLICY)) {
                headers.set(POLICY, swagger ? SWAGGER : PAGES);
            }
        });
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
    }
}
