package io.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code millrace replay}: many failed or revoked jobs run again. */
@Command(
        name = "replay",
        description = "Let many failed or revoked jobs run again, the oldest first.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace replay --task poll_job_status --state FAILURE --limit 500")
final class Replay implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Mixin
    private Filter filter = new Filter();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many at most; 1,000 if not said, at most 10,000.")
    private int limit;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask whether all are meant where no filter is given.")
    private boolean yes;

    @Override
    public Integer call() {
        millrace.mustMean(yes || !filter.isEmpty(), "Without a filter, every failed or revoked job runs again.");
        return millrace.ask((api, out) -> {
            var body = Values.object().put("limit", limit);
            body.set("filter", filter.json());
            var answer = api.post(Query.of("/jobs/replay"), body);
            out.done(answer, answer.path("replayed").asText() + " jobs run again");
            return Exit.OK;
        });
    }
}
