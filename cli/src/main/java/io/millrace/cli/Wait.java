package io.millrace.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code millrace wait}: until jobs have ended. */
@Command(
        name = "wait",
        description = {
            "Wait until jobs have ended and print their results, in the order in which they are named.",
            "On a terminal, a bar shows how far the job is. Ends with 1 if one of them has not succeeded."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  millrace wait 0199… --timeout 60", "  millrace submit --file jobs.ndjson | xargs millrace wait"})
final class Wait implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(arity = "1..*", paramLabel = "JOB", description = "Ids of jobs.")
    private List<String> ids = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait for each at most; for ever if not said.")
    private @Nullable Duration timeout;

    @Override
    public Integer call() {
        return millrace.each(ids, (api, out, id) -> Waiting.forJob(api, out, id, Waiting.limit(timeout)));
    }
}
