package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.local.Component;
import io.millrace.local.LocalPostgres;
import io.millrace.local.LocalStack;
import io.millrace.local.Ports;
import io.millrace.local.Settings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The packaged stack in a folder of its own on free ports: started and stopped by the launcher as {@code make up} and
 * {@code make down} do, killed in pieces, and spoken to over HTTP. Its logs stay in {@code target/stack} after the tests.
 */
final class Stack implements AutoCloseable {

    private static final Duration LAUNCHER_LIMIT = Duration.ofMinutes(3);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int PAGE = 500;

    private final Settings settings;
    private final LocalStack processes;
    private final List<Process> more = new CopyOnWriteArrayList<>();
    private final Map<Process, Integer> portsOfMore = new ConcurrentHashMap<>();
    private final Map<Process, Path> logsOfMore = new ConcurrentHashMap<>();
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private Stack(Settings settings) {
        this.settings = settings;
        this.processes = new LocalStack(settings, line -> {});
    }

    /** A stack without any data; nothing of it runs yet. */
    static Stack fresh() {
        Path checkout = Path.of(System.getProperty("millrace.checkout", ".."))
                .toAbsolutePath()
                .normalize();
        Map<Component, Integer> ports = new EnumMap<>(Component.class);
        for (Component component : Component.values()) {
            ports.put(component, Ports.free());
        }
        Path home = checkout.resolve("system-test/target/stack");
        Stack stack = new Stack(new Settings(checkout, home, ports, System.getenv()));
        // An interrupted earlier run may have left some of its processes.
        stack.processes.down();
        delete(home);
        return stack;
    }

    /** Starts whatever does not run; all of it is ready afterwards. */
    void up() {
        // The launcher is a process of its own, which is not needed to see that there is nothing to do.
        List<Component> all = List.of(Component.values());
        if (!processes.running().containsAll(all) || !all.stream().allMatch(processes::ready)) {
            launch("up");
        }
    }

    /** Stops all of it; running jobs may finish first. */
    void down() {
        stopMore();
        launch("down");
    }

    @Override
    public void close() {
        down();
    }

    long pid(Component component) {
        return processes
                .pid(component)
                .orElseThrow(() -> new AssertionError("The " + component.label() + " does not run"));
    }

    /** Ends a component's process as the kernel does when memory is short. */
    void kill9(Component component) {
        ProcessHandle process = ProcessHandle.of(pid(component)).orElseThrow();
        process.destroyForcibly();
        eventually(
                Duration.ofSeconds(10),
                () -> assertThat(processes.pid(component)).isEmpty());
    }

    /** One more process of a service, beside the first; it is ready, and ends with the stack. */
    Process another(Component service) {
        return another(service, Map.of());
    }

    /** One more process of a service, with these settings besides the stack's. */
    Process another(Component service, Map<String, String> environment) {
        int port = Ports.free();
        Process process = start(service, port, environment, List.of());
        eventually(
                READY_LIMIT,
                () -> assertThat(get(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                                .statusCode())
                        .isEqualTo(200));
        return process;
    }

    /** A process of a service that is to do one thing and end. @return its status */
    int once(Component service, String argument) {
        return ended(start(service, Ports.free(), Map.of(), List.of(argument))).exitValue();
    }

    /** A process of a service that ends by itself, as these settings do not suit it. */
    Process ended(Component service, Map<String, String> environment) {
        return ended(start(service, Ports.free(), environment, List.of()));
    }

    private static Process ended(Process process) {
        eventually(READY_LIMIT, () -> assertThat(process.isAlive()).isFalse());
        return process;
    }

    /** A process of a service that PostgreSQL is away for, as it waits at its start; it ends with the stack. */
    Process waiting(Component service, String... arguments) {
        return waiting(service, Map.of(), List.of(arguments));
    }

    /** The same with these settings besides the stack's. */
    Process waiting(Component service, Map<String, String> environment) {
        return waiting(service, environment, List.of());
    }

    private Process waiting(Component service, Map<String, String> environment, List<String> arguments) {
        Map<String, String> settings = new HashMap<>(environment);
        settings.put("QUARKUS_DATASOURCE_REACTIVE_URL", "postgresql://127.0.0.1:" + Ports.free() + "/millrace");
        Process process = start(service, Ports.free(), settings, arguments);
        eventually(READY_LIMIT, () -> assertThat(said(process)).contains("waiting for PostgreSQL"));
        return process;
    }

    /** What one of the probes at {@link #another} service answers: {@code live}, {@code started} or {@code ready}. */
    int probe(Process another, String name) {
        return get(URI.create("http://127.0.0.1:" + portsOfMore.get(another) + "/q/health/" + name))
                .statusCode();
    }

    /** What a process besides the stack's own has written so far. */
    String said(Process another) {
        try {
            return Files.readString(Objects.requireNonNull(logsOfMore.get(another)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It ends with the stack at the latest. */
    private Process start(Component service, int port, Map<String, String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>(processes.serviceCommand(service));
        command.addAll(arguments);
        Path log = settings.home().resolve("log").resolve(service.label() + "-" + port + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(processes.serviceEnvironment(port));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            more.add(process);
            portsOfMore.put(process, port);
            logsOfMore.put(process, log);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of a path of the API's first version, at {@link #another} API. */
    URI api(Process another, String path) {
        return URI.create("http://127.0.0.1:" + portsOfMore.get(another) + "/api/v1" + path);
    }

    /** Sends a process a signal that Java has no word for, such as {@code STOP} or {@code CONT}. */
    static void signal(Process process, String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Deletes a component's data, as a lost disk does. */
    void loseData(Component component) {
        assertThat(processes.pid(component)).as(component.label() + " is down").isEmpty();
        delete(settings.home().resolve(component.label()));
    }

    /** Its PostgreSQL, for those who submit in SQL. */
    LocalPostgres postgres() {
        return LocalPostgres.running(settings.home().resolve(Component.POSTGRES.label()))
                .orElseThrow();
    }

    /** The address of a path of the API's first version. */
    URI api(String path) {
        return URI.create(processes.apiUrl() + "/api/v1" + path);
    }

    HttpResponse<String> get(URI address) {
        return send(HttpRequest.newBuilder(address).GET());
    }

    JsonNode get(String path) {
        HttpResponse<String> response = get(api(path));
        assertThat(response.statusCode())
                .as("GET %s: %s", path, response.body())
                .isEqualTo(200);
        return parse(response.body());
    }

    HttpResponse<String> post(String path, String body) {
        return post(api(path), body);
    }

    HttpResponse<String> post(URI address, String body) {
        return send(HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Where the simulator of remote workflows is told how to behave, and tells what it has seen. */
    URI simulator() {
        return URI.create("http://127.0.0.1:" + processes.port(Component.SIMULATOR) + "/simulator");
    }

    HttpResponse<String> put(URI address, String body) {
        return send(HttpRequest.newBuilder(address).PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> put(String path, String body) {
        return send(HttpRequest.newBuilder(api(path))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> patch(String path, String body) {
        return send(HttpRequest.newBuilder(api(path))
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    }

    /**
     * Submits {@code count} equal jobs in one request.
     *
     * @return the ids of those that were accepted, which must be all
     */
    List<String> bulk(int count, String task, String args, String tag) {
        HttpResponse<String> response = post("/jobs/bulk", bulkBody(count, task, args, tag));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<String> ids = acceptedIds(response.body());
        assertThat(ids).hasSize(count).doesNotHaveDuplicates();
        return ids;
    }

    /** Jobs that fail once and then wait for up to this long, so that their RETRY can be seen. */
    List<String> bulkFailingOnce(int count, int retryDelaySeconds, String tag) {
        String job = "{\"task\": \"demo.fail\", \"args\": {\"times\": 1}, \"retry_delay\": %d, \"tags\": [\"%s\"]}"
                .formatted(retryDelaySeconds, tag);
        HttpResponse<String> response =
                post("/jobs/bulk", "[" + String.join(",", Collections.nCopies(count, job)) + "]");
        List<String> ids = acceptedIds(response.body());
        assertThat(ids).as(response.body()).hasSize(count);
        return ids;
    }

    static String bulkBody(int count, String task, String args, String tag) {
        String job = "{\"task\": \"%s\", \"args\": %s, \"tags\": [\"%s\"]}".formatted(task, args, tag);
        return "[" + String.join(",", Collections.nCopies(count, job)) + "]";
    }

    List<String> acceptedIds(String bulkAnswer) {
        return parse(bulkAnswer)
                .path("items")
                .valueStream()
                .filter(item -> item.hasNonNull("job_id"))
                .map(item -> item.path("job_id").asText())
                .toList();
    }

    JsonNode job(String id) {
        return get("/jobs/" + id);
    }

    /** All jobs with this tag, over as many pages as it takes. */
    Map<String, JsonNode> jobs(String tag) {
        Map<String, JsonNode> jobs = new HashMap<>();
        String cursor = "";
        while (true) {
            JsonNode page = get("/jobs?limit=" + PAGE + "&tag=" + tag + cursor);
            for (JsonNode job : page.path("jobs")) {
                assertThat(jobs.put(job.path("job_id").asText(), job))
                        .as("a job is on one page only")
                        .isNull();
            }
            if (!page.hasNonNull("next_cursor")) {
                return jobs;
            }
            cursor = "&cursor=" + URLEncoder.encode(page.path("next_cursor").asText(), StandardCharsets.UTF_8);
        }
    }

    /** How many jobs with this tag are in which state. */
    Map<String, Long> states(String tag) {
        Map<String, Long> states = new HashMap<>();
        jobs(tag).values().forEach(job -> states.merge(job.path("state").asText(), 1L, Long::sum));
        return states;
    }

    /** The attempts of a job, oldest first. */
    List<JsonNode> attempts(String id) {
        return get("/jobs/" + id + "/history").path("attempts").valueStream().toList();
    }

    JsonNode parse(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + text, e);
        }
    }

    /**
     * Asks again and again until the assertions hold; the last failure is thrown if they do not in time. A request that
     * fails in between counts as an assertion that does not hold yet.
     */
    static void eventually(Duration limit, Runnable assertions) {
        Instant deadline = Instant.now().plus(limit);
        while (true) {
            try {
                assertions.run();
                return;
            } catch (AssertionError | UncheckedIOException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
            }
            pause();
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder builder) {
        HttpRequest request = builder.timeout(REQUEST_LIMIT).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void launch(String command) {
        Path output = settings.home().resolve("launcher.log");
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                settings.checkout().resolve("deploy/local/target/local.jar").toString(),
                command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("MILLRACE_HOME", settings.home().toString());
        settings.ports()
                .forEach((component, port) ->
                        builder.environment().put(component.portVariable(), Integer.toString(port)));
        try {
            Files.createDirectories(settings.home());
            builder.redirectOutput(new File(output.toString()));
            Process process = builder.start();
            boolean ended = process.waitFor(LAUNCHER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            assertThat(ended && process.exitValue() == 0)
                    .as("%s: %s", command, Files.readString(output))
                    .isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Ends what {@link #another} has started. */
    void onlyOneOfEach() {
        stopMore();
    }

    private void stopMore() {
        for (Process process : more) {
            process.destroy();
        }
        for (Process process : more) {
            try {
                if (!process.waitFor(READY_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        more.clear();
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }
}
