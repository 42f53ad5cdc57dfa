package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code millrace submit}: one job, or a file of them. */
@Command(
        name = "submit",
        description = {
            "Submit a job, or many from a file.",
            "Prints the job's id, or with --wait its result. Of a file, the ids of those that were accepted."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace submit demo.add -a values=[1,2,3] --wait",
            "  millrace submit generate_report --args '{\"report_type\": \"daily\"}' --queue low_priority --countdown 60",
            "  millrace submit --file jobs.ndjson",
            "  generate-jobs | millrace submit --file - --atomic"
        })
final class Submit implements Callable<Integer> {

    private static final Set<String> OF_A_FILE = Set.of("--file", "--atomic");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Millrace millrace;

    @Parameters(arity = "0..1", paramLabel = "TASK", description = "The task, such as demo.add.")
    private @Nullable String task;

    @Option(
            names = {"-a", "--arg"},
            paramLabel = "NAME=VALUE",
            description = "An argument. The value is JSON if it is some, else text.")
    private List<String> single = List.of();

    @Option(names = "--args", paramLabel = "JSON", description = "All arguments, a JSON object.")
    private @Nullable String args;

    @Option(names = "--queue", paramLabel = "NAME", description = "Where it waits, instead of where its task does.")
    private @Nullable String queue;

    @Option(names = "--priority", paramLabel = "0..10", description = "10 goes first.")
    private @Nullable Integer priority;

    @Option(names = "--countdown", paramLabel = "SECONDS", description = "Not before so long from now.")
    private @Nullable Double countdown;

    @Option(names = "--eta", paramLabel = "TIME", description = "Not before then, such as 2026-01-01T06:00:00Z.")
    private @Nullable String eta;

    @Option(
            names = "--expires",
            paramLabel = "SECONDS|TIME",
            description = "When it is no longer worth running, if it has not begun.")
    private @Nullable String expires;

    @Option(
            names = "--max-retries",
            paramLabel = "N",
            description = "How many failures are followed by another attempt.")
    private @Nullable Integer maxRetries;

    @Option(names = "--retry-delay", paramLabel = "SECONDS", description = "The wait after the first failure.")
    private @Nullable Double retryDelay;

    @Option(names = "--soft-time-limit", paramLabel = "SECONDS", description = "After which a run is asked to end.")
    private @Nullable Double softTimeLimit;

    @Option(names = "--time-limit", paramLabel = "SECONDS", description = "After which a run is ended.")
    private @Nullable Double timeLimit;

    @Option(names = "--tag", paramLabel = "TAG", description = "May be given several times.")
    private List<String> tags = List.of();

    @Option(names = "--project", paramLabel = "ID", description = "The project it belongs to.")
    private @Nullable String project;

    @Option(names = "--rate-key", paramLabel = "KEY", description = "Whose limits on rate and concurrency it is under.")
    private @Nullable String rateKey;

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "The same key again is answered with the first job.")
    private @Nullable String idempotencyKey;

    @Option(names = "--callback-url", paramLabel = "URL", description = "Who is told of the end.")
    private @Nullable String callbackUrl;

    @Option(names = "--wait", description = "Wait for the end and print the result; see millrace wait.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait at most; for ever if not said.")
    private @Nullable Duration timeout;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Jobs, as a JSON array or one a line; - for standard input.")
    private @Nullable Path file;

    @Option(names = "--atomic", description = "All jobs of the file, or none.")
    private boolean atomic;

    @Override
    public Integer call() {
        if ((task == null) == (file == null)) {
            throw new Misuse("Say either a task or --file.");
        }
        if (file != null) {
            mustSayNothingOfOneJob();
            return millrace.ask(this::many);
        }
        if (atomic) {
            throw new Misuse("--atomic is said of a --file.");
        }
        Waiting.mustWait(wait, timeout);
        return millrace.ask(this::one);
    }

    /** It would be dropped, since the jobs of a file say themselves what is to be done with them. */
    private void mustSayNothingOfOneJob() {
        spec.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> !option.inherited())
                .map(OptionSpec::longestName)
                .filter(name -> !OF_A_FILE.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new Misuse(name + " is said of a single job, not of a file of them.");
                });
    }

    private Exit one(Api api, Output out) throws InterruptedException {
        JsonNode job = api.post(Query.of("/jobs"), job());
        String id = job.path("job_id").asText();
        if (wait) {
            return Waiting.forJob(api, out, id, Waiting.limit(timeout));
        }
        out.done(job, id);
        return Exit.OK;
    }

    private ObjectNode job() {
        ObjectNode job = Values.object().put("task", task);
        job.set("args", Values.arguments(args, single));
        put(job, "queue", queue);
        put(job, "priority", priority);
        put(job, "countdown", countdown);
        put(job, "eta", eta);
        if (expires != null) {
            job.set("expires", Values.typed(expires));
        }
        put(job, "max_retries", maxRetries);
        put(job, "retry_delay", retryDelay);
        put(job, "soft_time_limit", softTimeLimit);
        put(job, "time_limit", timeLimit);
        tags.forEach(job.withArray("tags")::add);
        put(job, "project_id", project);
        put(job, "rate_key", rateKey);
        put(job, "idempotency_key", idempotencyKey);
        put(job, "callback_url", callbackUrl);
        return job;
    }

    private static void put(ObjectNode job, String field, @Nullable Object value) {
        if (value != null) {
            job.putPOJO(field, value);
        }
    }

    private Exit many(Api api, Output out) {
        String jobs = Values.file(Objects.requireNonNull(file));
        String type = jobs.stripLeading().startsWith("[") ? "application/json" : "application/x-ndjson";
        JsonNode answer = api.post(Query.of("/jobs/bulk").with("atomic", atomic ? "true" : null), jobs, type);
        if (out.json()) {
            out.line(answer.toString());
        } else {
            for (JsonNode item : answer.path("items")) {
                if (item.has("job_id")) {
                    out.line(item.path("job_id").asText());
                } else {
                    out.note("job [" + item.path("index").asText() + "] was rejected: "
                            + Problem.words(item.path("error"), "nobody says why"));
                }
            }
        }
        return answer.path("rejected").asInt() == 0 ? Exit.OK : Exit.REFUSED;
    }
}
