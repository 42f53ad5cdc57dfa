package io.millrace.api.dashboard;

import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/** Pages have addresses of their own, to be saved and sent; all of them are the one page that draws itself. */
@Singleton
class DashboardPages {

    /** The first words of the addresses of pages, besides the overview at the root. */
    static final List<String> PAGES = List.of(
            "jobs",
            "batches",
            "queues",
            "workers",
            "schedules",
            "tasks",
            "alerts",
            "audit",
            "workflows",
            "pipelines",
            "market",
            "llm",
            "audio");

    void servePages(@Observes Router router) {
        router.getWithRegex("/(" + String.join("|", PAGES) + ")(/[^/]+){0,2}")
                .handler(context -> context.reroute("/index.html"));
    }
}
