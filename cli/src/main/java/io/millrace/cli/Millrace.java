package io.millrace.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code millrace}: what every command has in common, and where the process begins. */
@Command(
        name = "millrace",
        description = "Submits jobs to Millrace, waits for them, and looks after queues, workers and schedules.",
        versionProvider = Millrace.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        subcommands = {
            Submit.class,
            Get.class,
            Result.class,
            History.class,
            Why.class,
            Wait.class,
            ListJobs.class,
            Revoke.class,
            Retry.class,
            Replay.class,
            Batches.class,
            Queues.class,
            Workers.class,
            Schedules.class,
            Tasks.class,
            Events.class,
            Completion.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace submit demo.add -a values=[1,2,3] --wait",
            "  millrace list --state FAILURE --task demo.fail",
            "  millrace wait $(millrace submit demo.sleep -a seconds=5)",
            "",
            "MILLRACE_URL and MILLRACE_TOKEN or MILLRACE_TOKEN_FILE stand for --url and --token-file."
        })
final class Millrace implements Callable<Integer> {

    private static final String LOCAL = "http://127.0.0.1:8080";
    private static final int LAST_PORT = 65_535;

    private final Map<String, String> environment;
    private final boolean terminal;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Where the API is; " + LOCAL + " if not said.")
    private @Nullable String url;

    @Option(
            names = "--token",
            scope = ScopeType.INHERIT,
            paramLabel = "TOKEN",
            description = "The API key or bearer token. Other users of the machine see it: better in a file.")
    private @Nullable String token;

    @Option(names = "--token-file", scope = ScopeType.INHERIT, paramLabel = "FILE", description = "A file that has it.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--patience",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long an answer of the API may take; 30 if not said.")
    private Duration patience = Duration.ZERO;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print what the API answers, one JSON document a line.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "Show this help and end.")
    @SuppressWarnings("UnusedVariable") // picocli looks for itself
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and end.")
    @SuppressWarnings("UnusedVariable") // picocli looks for itself
    private boolean version;

    /** What a command does: asks the API, says what it has found, and how that ends. */
    @FunctionalInterface
    interface Work {
        Exit run(Api api, Output out) throws IOException, InterruptedException;
    }

    /** What a command does to each of the things that it was given. */
    @FunctionalInterface
    interface Step {
        Exit run(Api api, Output out, String name) throws IOException, InterruptedException;
    }

    Millrace(Map<String, String> environment, boolean terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    /** The console is still null where nobody sits before it: which one there is, is a choice of the Java that runs this. */
    @SuppressWarnings("SystemConsoleNull")
    public static void main(String... arguments) {
        var console = System.console();
        System.exit(commandLine(System.getenv(), console != null && console.isTerminal())
                // picocli's own says of nothing that it could not be written.
                .setOut(new PrintWriter(System.out, true, System.out.charset()))
                .execute(arguments));
    }

    /**
     * The whole of it, ready to be executed.
     *
     * @param terminal whether a person sits before it
     */
    static CommandLine commandLine(Map<String, String> environment, boolean terminal) {
        return new CommandLine(new Millrace(environment, terminal))
                .registerConverter(Duration.class, Seconds::of)
                .setUsageHelpLongOptionsMaxWidth(30)
                .setParameterExceptionHandler(Failures::unparsed)
                .setExecutionExceptionHandler(Failures::failed);
    }

    /** Without a command there is nothing to do but to say what there is. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Exit.USAGE.code();
    }

    /** Runs a command's work with what was said of the API and of the output. */
    int ask(Work work) {
        var out = new Output(spec.commandLine().getOut(), spec.commandLine().getErr(), json, terminal);
        if (patience.isZero()) {
            throw new Misuse("--patience is to be more than 0.");
        }
        try (var api = new Api(address(), secret(), patience)) {
            return work.run(api, out).code();
        } catch (IOException e) {
            throw new Unreachable("The connection has broken: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("Interrupted.", e);
        }
    }

    /** Takes a step for each. One that the API refuses is told of, and does not keep the others from theirs. */
    int each(List<String> names, Step step) {
        return ask((api, out) -> {
            Exit worst = Exit.OK;
            for (String name : names) {
                try {
                    worst = worst.or(step.run(api, out, name));
                } catch (Refused refused) {
                    if (!refused.isAboutOne()) {
                        throw refused;
                    }
                    out.note(Objects.requireNonNull(refused.getMessage()));
                    worst = worst.or(refused.exit());
                }
            }
            return worst;
        });
    }

    /**
     * Asks whether something that cannot be taken back is meant.
     *
     * @throws Declined if it is not
     * @throws Misuse if there is nobody to ask
     */
    void mustMean(boolean yes, String what) {
        if (yes) {
            return;
        }
        var console = terminal ? System.console() : null;
        if (console == null) {
            throw new Misuse(what + " Say --yes if that is meant.");
        }
        String answer = console.readLine("%s Go on? [y/N] ", what);
        if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
            throw new Declined();
        }
    }

    private URI address() {
        String said = url != null ? url : environment("MILLRACE_URL").orElse(LOCAL);
        try {
            var address = new URI(said);
            if (isPlain(address)) {
                return address;
            }
        } catch (URISyntaxException e) {
            // It is as wrong as one that leads nowhere.
        }
        throw new Misuse("The address of the API is to be such as " + LOCAL + ", not '" + said + "'.");
    }

    /** Whether paths can be put behind it. */
    private static boolean isPlain(URI address) {
        return address.getScheme() != null
                && address.getScheme().matches("https?")
                && address.getHost() != null
                && address.getPort() <= LAST_PORT
                && address.getUserInfo() == null
                && address.getQuery() == null
                && address.getFragment() == null;
    }

    private Optional<String> secret() {
        Optional<String> secret = token != null
                ? Optional.of(token)
                : tokenFile != null
                        ? Optional.of(read(tokenFile))
                        : environment("MILLRACE_TOKEN")
                                .or(() -> environment("MILLRACE_TOKEN_FILE").map(file -> read(Path.of(file))));
        if (secret.isPresent() && !secret.get().matches("[!-~]+")) {
            // Also an empty one: who has set it does not mean to go without.
            throw new Misuse("The token is to be one word of ASCII characters.");
        }
        return secret;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Misuse("The token cannot be read from " + file + ".");
        }
    }

    /** What is set to nothing is not set. */
    private Optional<String> environment(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** As the build has written it into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            var build = new Properties();
            try (var in = Millrace.class.getResourceAsStream("version.properties")) {
                if (in != null) {
                    build.load(in);
                }
            }
            return new String[] {"millrace " + build.getProperty("version", "unknown")};
        }
    }
}
