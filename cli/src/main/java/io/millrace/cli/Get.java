package io.millrace.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace get}: jobs, with everything that is known of them. */
@Command(
        name = "get",
        description = "Show jobs.",
        footerHeading = "%nExamples:%n",
        footer = {"  millrace get 0199…", "  millrace get 0199… --json | jq .result"})
final class Get implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(arity = "1..*", paramLabel = "JOB", description = "Ids of jobs.")
    private List<String> ids = List.of();

    @Override
    public Integer call() {
        return millrace.each(ids, (api, out, id) -> {
            out.thing(api.get(Query.of("/jobs", id)));
            return Exit.OK;
        });
    }
}
