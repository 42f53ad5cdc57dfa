package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code millrace events}: what happens, as it happens. */
@Command(
        name = "events",
        description = "Watch what happens to jobs, until Ctrl-C; with --job, until the job ends.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace events --queue default --state FAILURE",
            "  millrace events --job 0199…",
            "  millrace events --json | jq .error.exc_type"
        })
final class Events implements Callable<Integer> {

    private static final Set<String> ENDS = Set.of("job.succeeded", "job.failed", "job.revoked");
    private static final long BEFORE_ANOTHER_TRY_MILLIS = 1_000;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Option(names = "--job", paramLabel = "JOB", description = "Of this job.")
    private @Nullable String job;

    @Option(names = "--queue", split = ",", paramLabel = "QUEUE", description = "Of these queues.")
    private List<String> queues = List.of();

    @Option(names = "--task", split = ",", paramLabel = "TASK", description = "Of these tasks.")
    private List<String> tasks = List.of();

    @Option(
            names = "--state",
            split = ",",
            paramLabel = "STATE",
            description = "By which a job comes into these states.")
    private List<String> states = List.of();

    @Option(names = "--batch", split = ",", paramLabel = "BATCH", description = "Of these batches.")
    private List<String> batches = List.of();

    @Option(names = "--count", paramLabel = "N", description = "End after so many.")
    private @Nullable Integer count;

    private @Nullable String last;
    private int seen;

    @Override
    public Integer call() {
        if (job != null && !(queues.isEmpty() && tasks.isEmpty() && states.isEmpty() && batches.isEmpty())) {
            throw new Misuse("A job's events are not filtered.");
        }
        if (count != null && count < 1) {
            throw new Misuse("--count is to be 1 or more, not " + count + ".");
        }
        return millrace.ask((api, out) -> {
            boolean connected = false;
            while (true) {
                try (BufferedReader lines = api.stream(query(), last)) {
                    connected = true;
                    if (follow(lines, out)) {
                        return Exit.OK;
                    }
                } catch (Unreachable | Refused e) {
                    // Nobody waits for a wrong address.
                    if (!connected || !Api.isAway(e)) {
                        throw e;
                    }
                } catch (IOException e) {
                    out.note("The connection has broken; trying again.");
                }
                Thread.sleep(BEFORE_ANOTHER_TRY_MILLIS);
            }
        });
    }

    private Query query() {
        return job != null
                ? Query.of("/jobs", job).then("/events")
                : Query.of("/events")
                        .with("queue", queues)
                        .with("task", tasks)
                        .with("state", states)
                        .with("batch_id", batches);
    }

    /** @return whether this was all that was asked for */
    private boolean follow(BufferedReader lines, Output out) throws IOException {
        String line;
        while ((line = lines.readLine()) != null) {
            if (line.startsWith("id:")) {
                last = line.substring("id:".length()).strip();
            } else if (line.startsWith("data:")) {
                JsonNode event = Values.typed(line.substring("data:".length()).strip());
                out.line(out.json() ? event.toString() : words(event));
                seen++;
                boolean ended = job != null && ENDS.contains(event.path("event").asText());
                if (ended || (count != null && seen >= count)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Such as {@code 2026-01-01T06:00:00.000Z job.failed demo.fail 0199… worker=w-1 Flaky: the first attempt fails}. */
    static String words(JsonNode event) {
        JsonNode error = event.path("error");
        return Stream.of(
                        event.path("at").asText(),
                        event.path("event").asText(),
                        event.path("task").asText(),
                        event.path("job_id").asText(),
                        event.hasNonNull("worker")
                                ? "worker=" + event.path("worker").asText()
                                : "",
                        event.path("progress").isObject()
                                ? event.path("progress").path("percent").asText() + "%"
                                : "",
                        error.isObject()
                                ? error.path("exc_type").asText() + ": "
                                        + error.path("exc_message").asText()
                                : "")
                .filter(word -> !word.isEmpty())
                .map(Table::oneLine)
                .collect(Collectors.joining(" "));
    }
}
