package io.millrace.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace tasks}: what can be submitted. */
@Command(
        name = "tasks",
        description = "Show what can be submitted. Without a subcommand: list them.",
        footerHeading = "%nExamples:%n",
        footer = {"  millrace tasks", "  millrace tasks get demo.add", "  millrace tasks limit submit_job --rate 15/s"})
final class Tasks implements Runnable {

    private static final List<String> SHOWN = List.of(
            "name", "queue", "priority", "max_retries", "time_limit", "rate_limit", "max_concurrency", "isolation");

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", description = "List all tasks.")
    int list() {
        return millrace.ask((api, out) -> {
            var tasks = api.get(Query.of("/tasks"));
            out.things(tasks, tasks, SHOWN);
            return Exit.OK;
        });
    }

    @Command(name = "get", description = "Show a task and the schema of its arguments.")
    int get(@Parameters(paramLabel = "TASK", description = "Its name.") String name) {
        return millrace.ask((api, out) -> {
            out.thing(api.get(Query.of("/tasks", name)));
            return Exit.OK;
        });
    }

    @Command(
            name = "limit",
            description = "Limit how often and how many jobs start, over all workers.",
            sortOptions = false)
    int limit(@Parameters(paramLabel = "TASK", description = "Its name.") String name, @Mixin Limits limits) {
        var wish = limits.wish();
        if (wish.isEmpty()) {
            throw new Misuse("Say --rate or --concurrency.");
        }
        return millrace.ask((api, out) -> {
            out.thing(api.patch(Query.of("/tasks", name), wish));
            return Exit.OK;
        });
    }
}
