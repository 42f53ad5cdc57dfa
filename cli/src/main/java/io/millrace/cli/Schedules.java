package io.millrace.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace schedules}: what recurs. */
@Command(
        name = "schedules",
        description = "Look after schedules. Without a subcommand: list them.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace schedules",
            "  millrace schedules run daily-refresh",
            "  echo '{\"task\": \"demo.noop\", \"cron\": \"*/5 * * * *\"}' | millrace schedules put often -"
        })
final class Schedules implements Runnable {

    private static final List<String> SHOWN =
            List.of("name", "task", "enabled", "cron", "every", "timezone", "last_fire_at", "problem");

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", description = "List all schedules.")
    int list() {
        return millrace.ask((api, out) -> {
            String cursor = null;
            do {
                var page = api.get(Query.of("/schedules").with("cursor", cursor));
                out.things(page, page.path("schedules"), SHOWN);
                cursor = page.path("next_cursor").textValue();
            } while (cursor != null);
            return Exit.OK;
        });
    }

    @Command(name = "get", description = "Show a schedule and its next ticks.")
    int get(@Parameters(paramLabel = "SCHEDULE", description = "Its name.") String name) {
        return millrace.ask((api, out) -> {
            out.thing(api.get(Query.of("/schedules", name)));
            return Exit.OK;
        });
    }

    @Command(name = "history", description = "Show its past ticks, the latest first.")
    int history(@Parameters(paramLabel = "SCHEDULE", description = "Its name.") String name) {
        return millrace.ask((api, out) -> {
            var page = api.get(Query.of("/schedules", name).then("/firings"));
            out.things(page, page.path("firings"), List.of("fire_time", "outcome", "job_id", "fired_at"));
            return Exit.OK;
        });
    }

    @Command(name = "put", description = "Make a schedule, or replace it.")
    int put(
            @Parameters(index = "0", paramLabel = "SCHEDULE", description = "Its name.") String name,
            @Parameters(index = "1", paramLabel = "FILE", description = "Its JSON; - for standard input.") Path file) {
        return millrace.ask((api, out) -> {
            out.thing(api.put(Query.of("/schedules", name), Values.object(file)));
            return Exit.OK;
        });
    }

    @Command(name = "run", description = "Submit its job now. Prints the job's id.")
    int runNow(@Parameters(paramLabel = "SCHEDULE", description = "Its name.") String name) {
        return millrace.ask((api, out) -> {
            var job = api.post(Query.of("/schedules", name).then("/run"));
            out.done(job, job.path("job_id").asText());
            return Exit.OK;
        });
    }

    @Command(name = "enable", description = "Let schedules go on.")
    int enable(@Parameters(arity = "1..*", paramLabel = "SCHEDULE", description = "Their names.") List<String> names) {
        return enabled(names, true);
    }

    @Command(name = "disable", description = "Stop schedules; what they miss is not made up for.")
    int disable(@Parameters(arity = "1..*", paramLabel = "SCHEDULE", description = "Their names.") List<String> names) {
        return enabled(names, false);
    }

    @Command(name = "delete", description = "Delete a schedule and the history of its ticks. Its jobs stay.")
    int delete(
            @Parameters(paramLabel = "SCHEDULE", description = "Its name.") String name,
            @Option(
                            names = {"-y", "--yes"},
                            description = "Do not ask whether this is meant.")
                    boolean yes) {
        millrace.mustMean(yes, "The schedule " + name + " will be deleted.");
        return millrace.ask((api, out) -> {
            api.delete(Query.of("/schedules", name));
            out.done(Values.object().put("deleted", name), name + " deleted");
            return Exit.OK;
        });
    }

    private int enabled(List<String> names, boolean enabled) {
        return millrace.each(names, (api, out, name) -> {
            var wish = Values.object().put("enabled", enabled);
            out.done(api.patch(Query.of("/schedules", name), wish), name + (enabled ? " enabled" : " disabled"));
            return Exit.OK;
        });
    }
}
