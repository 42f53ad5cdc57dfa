package io.millrace.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace queues}: how they stand, and what is to become of them. */
@Command(
        name = "queues",
        description = "Look after queues. Without a subcommand: list them.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace queues",
            "  millrace queues pause polling",
            "  millrace queues limit jobs --rate 15/s --concurrency 10"
        })
final class Queues implements Runnable {

    private static final List<String> SHOWN = List.of(
            "name",
            "priority",
            "paused",
            "depth",
            "scheduled",
            "running",
            "oldest_age_seconds",
            "workers",
            "completed_per_minute",
            "failed_per_minute",
            "rate_limit",
            "max_concurrency",
            "alert_level");

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", description = "List all queues.")
    int list() {
        return millrace.ask((api, out) -> {
            var queues = api.get(Query.of("/queues"));
            out.things(queues, queues, SHOWN);
            return Exit.OK;
        });
    }

    @Command(name = "get", description = "Show a queue.")
    int get(@Parameters(paramLabel = "QUEUE", description = "Its name.") String name) {
        return millrace.ask((api, out) -> {
            out.thing(api.get(Query.of("/queues", name)));
            return Exit.OK;
        });
    }

    @Command(name = "pause", description = "Let nothing more of them start. What runs goes on.")
    int pause(@Parameters(arity = "1..*", paramLabel = "QUEUE", description = "Their names.") List<String> names) {
        return each(names, "/pause", "paused");
    }

    @Command(name = "resume", description = "Let them go on.")
    int resume(@Parameters(arity = "1..*", paramLabel = "QUEUE", description = "Their names.") List<String> names) {
        return each(names, "/resume", "resumed");
    }

    @Command(name = "purge", description = "Revoke everything that waits in a queue.")
    int purge(
            @Parameters(paramLabel = "QUEUE", description = "Its name.") String name,
            @Option(
                            names = {"-y", "--yes"},
                            description = "Do not ask whether this is meant.")
                    boolean yes) {
        millrace.mustMean(yes, "Everything that waits in " + name + " will be revoked.");
        return millrace.ask((api, out) -> {
            var answer = api.post(Query.of("/queues", name).then("/purge"));
            out.done(answer, name + ": " + answer.path("purged").asText() + " jobs revoked");
            return Exit.OK;
        });
    }

    @Command(
            name = "limit",
            description = "Limit how often and how many jobs start, over all workers.",
            sortOptions = false)
    int limit(
            @Parameters(paramLabel = "QUEUE", description = "Its name.") String name,
            @Mixin Limits limits,
            @Option(names = "--priority", paramLabel = "0..10", description = "What jobs get that name none.") @Nullable
                    Integer priority) {
        var wish = limits.wish();
        if (priority != null) {
            wish.put("priority", priority);
        }
        if (wish.isEmpty()) {
            throw new Misuse("Say --rate, --concurrency or --priority.");
        }
        return millrace.ask((api, out) -> {
            out.thing(api.patch(Query.of("/queues", name), wish));
            return Exit.OK;
        });
    }

    private int each(List<String> names, String verb, String done) {
        return millrace.each(names, (api, out, name) -> {
            out.done(api.post(Query.of("/queues", name).then(verb)), name + " " + done);
            return Exit.OK;
        });
    }
}
