package io.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace retry}: a failed or revoked job runs again. */
@Command(
        name = "retry",
        description = "Let a failed or revoked job run again, with other arguments if some are given.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  millrace retry 0199…", "  millrace retry 0199… -a times=0"})
final class Retry implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(paramLabel = "JOB", description = "The id of a job.")
    private String id = "";

    @Option(
            names = {"-a", "--arg"},
            paramLabel = "NAME=VALUE",
            description = "An argument. Those that are not given are not there.")
    private List<String> single = List.of();

    @Option(names = "--args", paramLabel = "JSON", description = "All arguments, a JSON object.")
    private @Nullable String args;

    @Override
    public Integer call() {
        return millrace.ask((api, out) -> {
            ObjectNode body = Values.object();
            if (args != null || !single.isEmpty()) {
                body.set("args", Values.arguments(args, single));
            }
            var job = api.post(Query.of("/jobs", id).then("/retry"), body);
            out.done(job, id + " " + job.path("state").asText());
            return Exit.OK;
        });
    }
}
