package io.millrace.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace revoke}: jobs that are not to run, or not to go on. */
@Command(
        name = "revoke",
        description = "Revoke jobs. One that runs goes on and is not tried again, unless it is terminated.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace revoke 0199… --terminate")
final class Revoke implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(arity = "1..*", paramLabel = "JOB", description = "Ids of jobs.")
    private List<String> ids = List.of();

    @Option(names = "--terminate", description = "End runs as well.")
    private boolean terminate;

    @Override
    public Integer call() {
        return millrace.each(ids, (api, out, id) -> {
            var job = api.post(
                    Query.of("/jobs", id).then("/revoke"), Values.object().put("terminate", terminate));
            out.done(job, id + " " + job.path("state").asText());
            return Exit.OK;
        });
    }
}
