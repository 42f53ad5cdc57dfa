package io.millrace.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * The whole of Millrace on this machine: PostgreSQL, Kafka and the three services, each a process of its own that outlives
 * the launcher. What runs is written down in pid files below the stack's home, so that any launcher can find and stop it.
 */
public final class LocalStack {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    /** A worker lets its runs finish for half a minute; then it hands back what is left. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(40);

    private static final Duration KAFKA_STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Settings settings;
    private final Consumer<String> says;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PROBE_LIMIT).build();
    private final Map<Component, Process> launched = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    /** {@code says} gets a line for a person whenever something has happened. */
    public LocalStack(Settings settings, Consumer<String> says) {
        this.settings = settings;
        this.says = says;
    }

    /**
     * Starts what does not run and waits until all of it is ready, two minutes at most.
     *
     * @throws LocalFailure if a port is taken, a service is not built, or something does not come up; what has started by
     *     then goes on running
     */
    public void up() {
        List<Component> missing =
                Component.all().filter(c -> process(c).isEmpty()).toList();
        missing.forEach(this::checkBuilt);
        missing.forEach(this::checkPort);
        Deadline deadline = new Deadline(START_LIMIT);
        if (missing.contains(Component.KAFKA)) {
            launch(Component.KAFKA, kafkaCommand(), Map.copyOf(settings.environment()));
        }
        if (missing.contains(Component.SIMULATOR)) {
            launch(Component.SIMULATOR, simulatorCommand(), Map.copyOf(settings.environment()));
        }
        if (missing.contains(Component.POSTGRES)) {
            checkGoingOn();
            LocalPostgres.start(settings.data(Component.POSTGRES), settings.port(Component.POSTGRES));
            started(Component.POSTGRES, deadline);
        }
        if (missing.contains(Component.KAFKA)) {
            awaitReady(Component.KAFKA, deadline);
        }
        if (missing.contains(Component.SIMULATOR)) {
            awaitReady(Component.SIMULATOR, deadline);
        }
        List<Component> services =
                Component.SERVICES.stream().filter(missing::contains).toList();
        for (Component service : services) {
            launch(service, serviceCommand(service), serviceEnvironment(port(service)));
        }
        for (Component service : services) {
            awaitReady(service, deadline);
        }
        for (Component service : Component.SERVICES) {
            if (!missing.contains(service)) {
                awaitReady(service, deadline);
            }
        }
    }

    /**
     * Whether this launcher started it and it has since ended by its own will, in order: a worker that was asked to shut
     * down, or that has served its time. One that a signal ended, or that crashed, has not.
     */
    boolean hasLeft(Component service) {
        Process process = launched.get(service);
        return process != null && !process.isAlive() && process.exitValue() == 0;
    }

    /**
     * Starts a service that has left, and waits until it is ready, two minutes at most.
     *
     * @throws LocalFailure if its port has been taken since, or it does not come up
     */
    void startAgain(Component service) {
        checkPort(service);
        launch(service, serviceCommand(service), serviceEnvironment(port(service)));
        awaitReady(service, new Deadline(START_LIMIT));
    }

    /** Stops whatever of the stack runs: the services first, which finish what they are at, then Kafka and PostgreSQL. */
    public void down() {
        stopping = true;
        synchronized (this) {
            end(Component.SERVICES, DRAIN_LIMIT);
            end(List.of(Component.KAFKA, Component.SIMULATOR), KAFKA_STOP_LIMIT);
            LocalPostgres.running(settings.data(Component.POSTGRES)).ifPresent(postgres -> {
                postgres.stop();
                says.accept("postgres stopped");
            });
        }
    }

    /** The components whose process runs. */
    public List<Component> running() {
        return Component.all().filter(c -> process(c).isPresent()).toList();
    }

    /** Whether it does its work now. */
    public boolean ready(Component component) {
        return switch (component) {
            case POSTGRES, SIMULATOR -> Ports.answers(port(component));
            case KAFKA -> kafkaAnswers();
            case API, WORKER, SCHEDULER -> healthy(port(component));
        };
    }

    /** The port it listens on, or would if it ran. */
    public int port(Component component) {
        if (component == Component.POSTGRES) {
            return LocalPostgres.running(settings.data(component))
                    .map(LocalPostgres::port)
                    .orElseGet(() -> settings.port(component));
        }
        return settings.pidFile(component).running().map(PidFile.Entry::port).orElseGet(() -> settings.port(component));
    }

    /** Its process, while it runs. */
    public Optional<Long> pid(Component component) {
        return process(component);
    }

    /** Where it writes its log. */
    public Path log(Component component) {
        return settings.log(component);
    }

    public String apiUrl() {
        return "http://127.0.0.1:" + port(Component.API);
    }

    /** A local stack mostly lives for minutes on few cores, which the optimising compiler would take for itself. */
    private static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

    /** The command line of a service, for whoever wants to start one more of it. */
    public List<String> serviceCommand(Component service) {
        return switch (settings.kind()) {
            case JVM -> jvmCommand(service);
            // Without a bound, it would take most of the machine before it collects.
            case NATIVE -> List.of(settings.application(service).toString(), "-Xmx256m");
        };
    }

    private List<String> jvmCommand(Component service) {
        return java(
                List.of(
                        service == Component.SCHEDULER ? "-Xmx256m" : "-Xmx512m",
                        "-XX:+UseSerialGC",
                        QUICK_COMPILER,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"),
                List.of("-jar", settings.application(service).toString()));
    }

    /** The environment of a service that listens on {@code port} and uses this stack's PostgreSQL and Kafka. */
    public Map<String, String> serviceEnvironment(int port) {
        Map<String, String> environment = new TreeMap<>(settings.environment());
        // The services know their own settings only, and an unknown one is an error there.
        environment.remove("MILLRACE_HOME");
        environment.remove(Kind.VARIABLE);
        environment.remove(DemoApi.TOKEN);
        Component.all().map(Component::portVariable).forEach(environment::remove);
        LocalPostgres postgres = LocalPostgres.running(settings.data(Component.POSTGRES))
                .orElseThrow(() -> new LocalFailure("PostgreSQL does not run in " + settings.home() + "."));
        environment.putIfAbsent(
                "MILLRACE_STORAGE_FOLDER", settings.home().resolve("storage").toString());
        environment.putIfAbsent("MILLRACE_WORKFLOW_REMOTE_BASE_URL", "http://127.0.0.1:" + port(Component.SIMULATOR));
        environment.putAll(Map.of(
                "QUARKUS_DATASOURCE_REACTIVE_URL", postgres.reactiveUrl(),
                "QUARKUS_DATASOURCE_USERNAME", postgres.user(),
                "QUARKUS_DATASOURCE_PASSWORD", postgres.password(),
                "KAFKA_BOOTSTRAP_SERVERS", bootstrapServers(),
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", Integer.toString(port),
                "QUARKUS_PROFILE", "local"));
        return environment;
    }

    private List<String> kafkaCommand() {
        return java(
                List.of(
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        QUICK_COMPILER,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djava.util.logging.SimpleFormatter.format=%1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n"),
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "kafka",
                        settings.data(Component.KAFKA).toString(),
                        Integer.toString(settings.port(Component.KAFKA))));
    }

    private List<String> simulatorCommand() {
        return java(
                List.of("-Xmx128m", "-XX:+UseSerialGC", QUICK_COMPILER),
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "simulator",
                        Integer.toString(settings.port(Component.SIMULATOR))));
    }

    private static List<String> java(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(arguments);
        return command;
    }

    private String bootstrapServers() {
        return "127.0.0.1:" + port(Component.KAFKA);
    }

    private Optional<Long> process(Component component) {
        return component == Component.POSTGRES
                ? LocalPostgres.running(settings.data(component)).flatMap(LocalPostgres::pid)
                : settings.pidFile(component)
                        .running()
                        .map(entry -> entry.process().pid());
    }

    private void checkBuilt(Component component) {
        if (Component.SERVICES.contains(component) && !Files.exists(settings.application(component))) {
            throw new LocalFailure("The " + component.label() + " is not built (" + settings.application(component)
                    + " is missing): run make " + settings.kind().target() + ".");
        }
    }

    private void checkPort(Component component) {
        int port = settings.port(component);
        if (!Ports.isFree(port)) {
            throw new LocalFailure("Port " + port + ", wanted by the " + component.label()
                    + ", is taken by another program: free it, or set " + component.portVariable()
                    + " to another port.");
        }
    }

    private void checkGoingOn() {
        if (stopping) {
            throw new LocalFailure("Stopped while starting.");
        }
    }

    private void launch(Component component, List<String> command, Map<String, String> environment) {
        // Whoever stops the stack waits for this: no process starts that is not written down.
        synchronized (this) {
            checkGoingOn();
            Process process = Background.start(command, environment, settings.log(component));
            launched.put(component, process);
            settings.pidFile(component)
                    .write(new PidFile.Entry(ProcessId.of(process.toHandle()), settings.port(component)));
        }
    }

    private void awaitReady(Component component, Deadline deadline) {
        while (!ready(component)) {
            checkGoingOn();
            if (process(component).isEmpty()) {
                throw new LocalFailure("The " + component.label() + " ended while it started. The end of its log ("
                        + settings.log(component) + "):\n" + Background.tail(settings.log(component)));
            }
            if (deadline.passed()) {
                throw new LocalFailure("The " + component.label() + " is not ready after " + START_LIMIT.toSeconds()
                        + " s. The end of its log (" + settings.log(component) + "):\n"
                        + Background.tail(settings.log(component)));
            }
            pause();
        }
        started(component, deadline);
    }

    private void started(Component component, Deadline deadline) {
        says.accept("%-9s ready on 127.0.0.1:%d after %.1f s"
                .formatted(
                        component.label(), port(component), deadline.elapsed().toMillis() / 1_000.0));
    }

    private void end(List<Component> components, Duration limit) {
        Map<Component, ProcessId> processes = new EnumMap<>(Component.class);
        for (Component component : components) {
            settings.pidFile(component).running().ifPresent(entry -> processes.put(component, entry.process()));
        }
        processes.values().forEach(process -> process.handle().ifPresent(ProcessHandle::destroy));
        Deadline deadline = new Deadline(limit);
        await(deadline, () -> processes.values().stream().noneMatch(ProcessId::alive));
        processes.forEach((component, process) -> {
            boolean late = process.alive();
            process.handle().ifPresent(ProcessHandle::destroyForcibly);
            await(new Deadline(PROBE_LIMIT), () -> !process.alive());
            settings.pidFile(component).delete();
            says.accept(component.label()
                    + (late ? " killed: it did not stop within " + limit.toSeconds() + " s" : " stopped"));
        });
    }

    private boolean healthy(int port) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                .timeout(PROBE_LIMIT)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private boolean kafkaAnswers() {
        // Without this look, the client would wait out its whole limit while nobody listens.
        if (!Ports.answers(port(Component.KAFKA))) {
            return false;
        }
        Map<String, Object> client = Map.of(
                "bootstrap.servers", bootstrapServers(),
                "request.timeout.ms", (int) PROBE_LIMIT.toMillis(),
                "default.api.timeout.ms", (int) PROBE_LIMIT.toMillis());
        try (Admin admin = Admin.create(client)) {
            return !admin.describeCluster()
                    .nodes()
                    .get(PROBE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void await(Deadline deadline, BooleanSupplier done) {
        while (!done.getAsBoolean() && !deadline.passed()) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static LocalFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LocalFailure("Interrupted", e);
    }

    private record Deadline(Instant start, Duration limit) {

        Deadline(Duration limit) {
            this(Instant.now(), limit);
        }

        Duration elapsed() {
            return Duration.between(start, Instant.now());
        }

        boolean passed() {
            return elapsed().compareTo(limit) > 0;
        }
    }
}
