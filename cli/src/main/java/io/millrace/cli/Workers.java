package io.millrace.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace workers}: who works, and with how many slots. */
@Command(
        name = "workers",
        description = "Look after workers. Without a subcommand: list them.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace workers",
            "  millrace workers resize worker-7f 16",
            "  millrace workers resize worker-7f --autoscale 10,3",
            "  millrace workers drain worker-7f"
        })
final class Workers implements Runnable {

    private static final List<String> SHOWN = List.of(
            "worker_id",
            "state",
            "running",
            "concurrency",
            "reserved",
            "processed",
            "failed",
            "memory_bytes",
            "version",
            "queues");

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", description = "List all workers, the living first.")
    int list() {
        return millrace.ask((api, out) -> {
            var workers = api.get(Query.of("/workers"));
            out.things(workers, workers, SHOWN);
            return Exit.OK;
        });
    }

    @Command(name = "get", description = "Show a worker and what it runs.")
    int get(@Parameters(paramLabel = "WORKER", description = "Its id.") String id) {
        return millrace.ask((api, out) -> {
            out.thing(api.get(Query.of("/workers", id)));
            return Exit.OK;
        });
    }

    @Command(name = "drain", description = "Let workers finish what they run, and end.")
    int drain(@Parameters(arity = "1..*", paramLabel = "WORKER", description = "Their ids.") List<String> ids) {
        return millrace.each(ids, (api, out, id) -> {
            out.done(api.post(Query.of("/workers", id).then("/shutdown")), id + " drains");
            return Exit.OK;
        });
    }

    @Command(name = "resize", description = "Give a worker another number of slots, or bounds for it.")
    int resize(
            @Parameters(index = "0", paramLabel = "WORKER", description = "Its id.") String id,
            @Parameters(index = "1", arity = "0..1", paramLabel = "SLOTS", description = "How many.") @Nullable
                    Integer slots,
            @Option(names = "--autoscale", paramLabel = "MAX,MIN", description = "Its own choice between these.")
                    @Nullable
                    String range) {
        if ((slots == null) == (range == null) || (range != null && !range.matches("\\d{1,9},\\d{1,9}"))) {
            throw new Misuse("Say either how many slots, or --autoscale MAX,MIN.");
        }
        return millrace.ask((api, out) -> {
            var wish = Values.object();
            if (range == null) {
                wish.put("concurrency", slots);
            } else {
                String[] bounds = range.split(",", 2);
                wish.putObject("autoscale")
                        .put("max", Integer.parseInt(bounds[0]))
                        .put("min", Integer.parseInt(bounds[1]));
            }
            out.thing(api.patch(Query.of("/workers", id), wish));
            return Exit.OK;
        });
    }

    @Command(name = "queues", description = "Say from which queues a worker receives.")
    int queues(
            @Parameters(index = "0", paramLabel = "WORKER", description = "Its id.") String id,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "QUEUE", description = "All of its queues.")
                    List<String> names) {
        return millrace.ask((api, out) -> {
            var wish = Values.object();
            names.forEach(wish.putArray("queues")::add);
            out.thing(api.patch(Query.of("/workers", id), wish));
            return Exit.OK;
        });
    }

    @Command(name = "ping", description = "Ask all workers for a sign. Ends with 1 if one of them gives none.")
    int ping(
            @Option(
                            names = "--timeout",
                            paramLabel = "SECONDS",
                            defaultValue = "2",
                            description = "How long to wait; 2 if not said, at most 5.")
                    double timeout) {
        return millrace.ask((api, out) -> {
            var answer = api.post(Query.of("/workers/ping").with("timeout", timeout));
            out.things(answer, answer.path("answered"), List.of("worker_id", "milliseconds"));
            if (answer.path("silent").isEmpty()) {
                return Exit.OK;
            }
            out.note("No sign of " + Table.text(answer.path("silent")) + ".");
            return Exit.JOB_FAILED;
        });
    }
}
