package io.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace result}: what a job has returned, as JSON. */
@Command(
        name = "result",
        description = "Print what a job has returned, as JSON.",
        footerHeading = "%nExample:%n",
        footer = "  millrace result 0199… > report.json")
final class Result implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(paramLabel = "JOB", description = "The id of a job.")
    private String id = "";

    @Override
    public Integer call() {
        return millrace.ask((api, out) -> {
            out.line(api.get(Query.of("/jobs", id).then("/result")).toString());
            return Exit.OK;
        });
    }
}
