package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code millrace list}: jobs, the newest first. */
@Command(
        name = "list",
        aliases = "ls",
        description = "List jobs, the newest first.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace list --state FAILURE --after 2026-01-01T00:00:00Z",
            "  millrace list --queue jobs --all --json | jq -r '.jobs[].job_id'"
        })
final class ListJobs implements Callable<Integer> {

    private static final List<String> SHOWN =
            List.of("job_id", "state", "task", "queue", "priority", "attempt", "created_at", "worker");
    private static final int WHOLE_PAGE = 500;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Mixin
    private Filter filter = new Filter();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many; 50 if not said, at most 500.")
    private int limit;

    @Option(names = "--oldest-first", description = "The oldest first.")
    private boolean oldestFirst;

    @Option(names = "--all", description = "All of them, page by page.")
    private boolean all;

    @Override
    public Integer call() {
        return millrace.ask((api, out) -> {
            String cursor = null;
            do {
                JsonNode page = api.get(query(cursor));
                out.things(page, page.path("jobs"), SHOWN);
                cursor = page.path("next_cursor").textValue();
            } while (all && cursor != null);
            if (cursor != null && !out.json()) {
                out.note("There are more; --all shows them.");
            }
            return Exit.OK;
        });
    }

    private Query query(@Nullable String cursor) {
        return filter.addTo(Query.of("/jobs"))
                .with("order", oldestFirst ? "asc" : null)
                .with("limit", all ? WHOLE_PAGE : limit)
                .with("cursor", cursor);
    }
}
