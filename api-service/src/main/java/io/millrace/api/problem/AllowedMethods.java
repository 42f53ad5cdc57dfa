package io.millrace.api.problem;

import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.core.Deployment;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.handlers.RestInitialHandler.InitialMatch;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;
import org.jboss.resteasy.reactive.server.spi.ServerRestHandler;

/** Which methods an address knows: what {@code Allow} of a 405 must say and Quarkus leaves out. */
final class AllowedMethods {

    private AllowedMethods() {}

    static Set<String> at(ResteasyReactiveRequestContext request) {
        Deployment deployment = request.getDeployment();
        String path = request.getPathWithoutPrefix();
        var methods = new TreeSet<String>();
        var classes = new RequestMapper<>(deployment.getClassMappers());
        var match = classes.map(path);
        while (match != null) {
            addMethods(match.value, match.remaining, methods);
            match = classes.continueMatching(path, match);
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return methods;
    }

    private static void addMethods(InitialMatch match, String remaining, Set<String> methods) {
        for (ServerRestHandler handler : match.handlers) {
            if (handler instanceof ClassRoutingHandler routes) {
                routes.getMappers().forEach((method, paths) -> {
                    // The mapper without a method is that of sub-resources, which there are none of.
                    if (method != null && paths.map(remaining.isEmpty() ? "/" : remaining) != null) {
                        methods.add(method);
                    }
                });
            }
        }
    }
}
