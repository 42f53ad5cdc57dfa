package io.millrace.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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
    int limit(
            @Parameters(paramLabel = "TASK", description = "Its name.") String name,
            @Option(
                            names = "--rate",
                            paramLabel = "RATE",
                            description = "Such as 15/s or 15/s,1000/h; none for any; default for what is configured.")
                    @Nullable
                    String rate,
            @Option(
                            names = "--concurrency",
                            paramLabel = "N",
                            description = "How many at a time; none for any; default for what is configured.")
                    @Nullable
                    String concurrency) {
        return millrace.ask((api, out) -> {
            out.thing(api.patch(Query.of("/tasks", name), Limits.of(millrace, rate, concurrency)));
            return Exit.OK;
        });
    }
}
