package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace why}: why a job does not run. */
@Command(
        name = "why",
        description = "Say why a job is not running.",
        footerHeading = "%nExample:%n",
        footer = "  millrace why 0199…")
final class Why implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(paramLabel = "JOB", description = "The id of a job.")
    private String id = "";

    @Override
    public Integer call() {
        return millrace.ask((api, out) -> {
            JsonNode why = api.get(Query.of("/jobs", id).then("/why"));
            if (out.json()) {
                out.line(why.toString());
            } else {
                why.path("because")
                        .forEach(each -> out.line(each.path("message").asText()));
            }
            return Exit.OK;
        });
    }
}
