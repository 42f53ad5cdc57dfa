package io.millrace.api.access;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;

/** Keeps which route a request has found, for the audit log. */
@Provider
public final class RouteTemplate implements ContainerRequestFilter {

    private static final String KEY = "millrace.route";

    @Override
    public void filter(ContainerRequestContext ignored) {
        var request = CurrentRequestManager.get();
        RuntimeResource route = request == null ? null : request.getTarget();
        if (route != null) {
            String start = route.getClassPath() == null ? "" : route.getClassPath().template;
            String rest = route.getPath() == null ? "" : route.getPath().template;
            request.unwrap(RoutingContext.class).put(KEY, (start + rest).replaceFirst("/$", ""));
        }
    }

    /** The route that a request has found; its path where that is none of the API's. */
    static String of(RoutingContext context) {
        return context.get(KEY) instanceof String route ? route : context.normalizedPath();
    }
}
