package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace batches}: graphs of jobs. */
@Command(
        name = "batches",
        description = "Submit graphs of jobs and look after them. Without a subcommand: list them.",
        footerHeading = "%nExamples:%n",
        footer = {"  millrace batches submit nightly.json --wait", "  millrace batches retry 0199…"})
final class Batches implements Runnable {

    private static final List<String> SHOWN =
            List.of("batch_id", "status", "name", "created_at", "finished_at", "counts");

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", description = "List the newest batches.")
    int list() {
        return millrace.ask((api, out) -> {
            JsonNode page = api.get(Query.of("/batches"));
            out.things(page, page.path("batches"), SHOWN);
            return Exit.OK;
        });
    }

    @Command(
            name = "submit",
            description = "Submit a batch. Prints its id; with --wait, waits for its end and shows it.",
            sortOptions = false)
    int submit(
            @Parameters(paramLabel = "FILE", description = "Its JSON, as POST /batches takes it; - for standard input.")
                    Path file,
            @Option(names = "--wait", description = "Wait for its end.") boolean wait,
            @Option(
                            names = "--timeout",
                            paramLabel = "SECONDS",
                            description = "How long to wait at most; for ever if not said.")
                    @Nullable
                    Duration timeout) {
        Waiting.mustWait(wait, timeout);
        return millrace.ask((api, out) -> {
            JsonNode batch = api.post(Query.of("/batches"), Values.object(file));
            String id = batch.path("batch_id").asText();
            if (wait) {
                return waitFor(api, out, id, timeout);
            }
            out.done(batch, id);
            return Exit.OK;
        });
    }

    @Command(name = "get", description = "Show a batch.")
    int get(@Parameters(paramLabel = "BATCH", description = "Its id.") String id) {
        return millrace.ask((api, out) -> {
            out.thing(api.get(Query.of("/batches", id)));
            return Exit.OK;
        });
    }

    @Command(name = "jobs", description = "List the jobs of a batch.")
    int jobs(@Parameters(paramLabel = "BATCH", description = "Its id.") String id) {
        return millrace.ask((api, out) -> {
            String cursor = null;
            do {
                JsonNode page = api.get(Query.of("/batches", id).then("/jobs").with("cursor", cursor));
                out.things(page, page.path("jobs"), List.of("key", "job_id", "state", "task"));
                cursor = page.path("next_cursor").textValue();
            } while (cursor != null);
            return Exit.OK;
        });
    }

    @Command(name = "wait", description = "Wait for its end and show it. Ends with 1 if not all of it has succeeded.")
    int waitFor(
            @Parameters(paramLabel = "BATCH", description = "Its id.") String id,
            @Option(
                            names = "--timeout",
                            paramLabel = "SECONDS",
                            description = "How long to wait at most; for ever if not said.")
                    @Nullable
                    Duration timeout) {
        return millrace.ask((api, out) -> waitFor(api, out, id, timeout));
    }

    @Command(name = "revoke", description = "Revoke everything of a batch that has not ended.")
    int revoke(@Parameters(paramLabel = "BATCH", description = "Its id.") String id) {
        return act(id, "/revoke");
    }

    @Command(name = "retry", description = "Let the part of a batch that has failed run again.")
    int retry(@Parameters(paramLabel = "BATCH", description = "Its id.") String id) {
        return act(id, "/retry");
    }

    private int act(String id, String verb) {
        return millrace.ask((api, out) -> {
            out.thing(api.post(Query.of("/batches", id).then(verb)));
            return Exit.OK;
        });
    }

    private static Exit waitFor(Api api, Output out, String id, @Nullable Duration timeout)
            throws InterruptedException {
        return Waiting.forBatch(out, () -> api.get(Query.of("/batches", id)), Waiting.limit(timeout));
    }
}
