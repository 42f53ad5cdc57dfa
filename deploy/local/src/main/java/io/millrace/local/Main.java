package io.millrace.local;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** The launcher behind {@code make run}, {@code up}, {@code down}, {@code demo} and {@code status}. */
public final class Main {

    private static final String USAGE = """
            Usage: java -jar local.jar <command>
              run      start everything here, show the demo, serve until Ctrl-C
              up       start whatever does not run, in the background, and wait until it is ready
              down     stop what runs
              demo     submit a few jobs to the running stack and watch them finish
              status   say what runs; ends with 0 if all of it is ready
            """;

    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        String command = arguments.length == 0 ? "" : arguments[0];
        try {
            System.exit(
                    switch (command) {
                        case "kafka" -> kafka(arguments);
                        case "simulator" -> simulator(arguments);
                        default -> run(command, out::println);
                    });
        } catch (LocalFailure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static int run(String command, Consumer<String> says) {
        // Kafka's client has nothing to say here that we would not say better.
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.OFF);
        Settings settings = Settings.of(System.getenv());
        LocalStack stack = new LocalStack(settings, says);
        return switch (command) {
            case "run" -> {
                new Foreground(settings, stack, says).run(() -> urls(stack, says), () -> demo(stack, says));
                yield 0;
            }
            case "up" -> up(settings, stack, says);
            case "down" -> down(settings, stack, says);
            case "demo" -> demo(stack, says);
            case "status" -> status(stack, says);
            default -> {
                says.accept(USAGE.stripTrailing());
                yield command.isEmpty() ? 0 : 2;
            }
        };
    }

    private static int up(Settings settings, LocalStack stack, Consumer<String> says) {
        try (LauncherLock held = LauncherLock.take(settings.home())) {
            stack.up();
        }
        urls(stack, says);
        return 0;
    }

    private static int down(Settings settings, LocalStack stack, Consumer<String> says) {
        try (LauncherLock held = LauncherLock.take(settings.home())) {
            if (stack.running().isEmpty()) {
                says.accept("Nothing runs in " + settings.home() + ".");
            }
            stack.down();
        }
        return 0;
    }

    private static int demo(LocalStack stack, Consumer<String> says) {
        if (!stack.ready(Component.API)) {
            throw new LocalFailure("The API does not answer on " + stack.apiUrl() + ": start it with make up.");
        }
        new Demo(stack.apiUrl(), says).run();
        new LlmDemo(stack.apiUrl(), says).run();
        new WorkflowDemo(stack.apiUrl(), stack.port(Component.SIMULATOR), says).run();
        new MarketDemo(stack.apiUrl(), says).run();
        new AudioDemo(stack.apiUrl(), says).run();
        return 0;
    }

    private static int status(LocalStack stack, Consumer<String> says) {
        boolean allReady = true;
        for (Component component : Component.values()) {
            boolean runs = stack.running().contains(component);
            boolean ready = runs && stack.ready(component);
            allReady &= ready;
            says.accept("%-9s %-9s port %-5d %s"
                    .formatted(
                            component.label(),
                            ready ? "ready" : runs ? "not ready" : "down",
                            stack.port(component),
                            stack.pid(component).map(pid -> "pid " + pid).orElse("")));
        }
        return allReady ? 0 : 1;
    }

    private static void urls(LocalStack stack, Consumer<String> says) {
        String api = stack.apiUrl();
        says.accept("""

                Millrace is up.
                  dashboard  %s
                  API        %s/api/v1
                  OpenAPI    %s/q/swagger-ui
                  worker     http://127.0.0.1:%d/q/metrics
                  scheduler  http://127.0.0.1:%d/q/metrics
                  PostgreSQL postgresql://millrace:millrace@127.0.0.1:%d/millrace
                  Kafka      127.0.0.1:%d
                  simulator  http://127.0.0.1:%d/simulator   (remote workflows)
                Try:
                  curl -s %s/api/v1/jobs -H 'Content-Type: application/json' -H 'Prefer: wait=10' \\
                    -d '{"task": "demo.add", "args": {"values": [1, 2, 3]}}'""".formatted(
                        api,
                        api,
                        api,
                        stack.port(Component.WORKER),
                        stack.port(Component.SCHEDULER),
                        stack.port(Component.POSTGRES),
                        stack.port(Component.KAFKA),
                        stack.port(Component.SIMULATOR),
                        api));
    }

    /** The simulator's own process: {@code simulator <port>}. */
    private static int simulator(String[] arguments) {
        WorkflowSimulator simulator = WorkflowSimulator.start(Integer.parseInt(arguments[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "stop"));
        System.out.println("The simulator of remote workflows listens on " + simulator.url() + ".");
        simulator.awaitEnd();
        return 0;
    }

    /** The broker's own process: {@code kafka <folder> <port>}. */
    private static int kafka(String[] arguments) {
        LocalKafka kafka = LocalKafka.start(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "stop"));
        System.out.println("Kafka listens on " + kafka.bootstrapServers() + ".");
        kafka.awaitEnd();
        return 0;
    }
}
