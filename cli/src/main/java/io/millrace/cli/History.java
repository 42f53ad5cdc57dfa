package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace history}: every attempt of a job. */
@Command(
        name = "history",
        description = "Show every attempt of a job.",
        footerHeading = "%nExample:%n",
        footer = "  millrace history 0199…")
final class History implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(paramLabel = "JOB", description = "The id of a job.")
    private String id = "";

    @Override
    public Integer call() {
        return millrace.ask((api, out) -> {
            JsonNode history = api.get(Query.of("/jobs", id).then("/history"));
            out.things(
                    history,
                    history.path("attempts"),
                    List.of(
                            "attempt",
                            "outcome",
                            "worker",
                            "started_at",
                            "finished_at",
                            "exc_type",
                            "exc_message",
                            "retry_delay_seconds"));
            return Exit.OK;
        });
    }
}
