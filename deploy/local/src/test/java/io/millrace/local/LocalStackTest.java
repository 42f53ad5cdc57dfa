package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class LocalStackTest {

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private final Map<Component, Integer> ports = new EnumMap<>(Component.class);

    @BeforeEach
    void buildStandIns() throws IOException {
        for (Component component : Component.values()) {
            ports.put(component, Ports.free());
        }
        for (Component service : Component.SERVICES) {
            standIn(folder.resolve(service.module()).resolve("target/quarkus-app/quarkus-run.jar"));
        }
    }

    @AfterEach
    void stop() {
        stack(Map.of()).down();
    }

    @Test
    void a_second_up_starts_only_what_has_died_and_down_leaves_nothing() {
        stack(Map.of(
                        "MILLRACE_HOME",
                        "x",
                        "MILLRACE_KIND",
                        "jvm",
                        "MILLRACE_API_PORT",
                        "1",
                        "MILLRACE_RETENTION",
                        "1d"))
                .up();
        LocalStack second = stack(Map.of());
        long api = second.pid(Component.API).orElseThrow();
        kill(second, Component.WORKER);

        second.up();

        assertThat(second.running()).containsExactly(Component.values());
        assertThat(second.pid(Component.API)).contains(api);
        assertThat(second.log(Component.API))
                .content()
                .contains("MILLRACE_RETENTION")
                .doesNotContain("MILLRACE_HOME", "MILLRACE_KIND", "_PORT]", "MILLRACE_API_PORT");
        second.down();
        assertThat(second.running()).isEmpty();
        assertThat(ports.values()).allMatch(Ports::isFree);
    }

    @Test
    void a_worker_that_leaves_in_order_is_told_from_one_that_is_killed_and_is_started_again() {
        LocalStack stack = stack(Map.of());
        stack.up();
        long first = stack.pid(Component.WORKER).orElseThrow();

        leave(stack);

        assertThat(stack.hasLeft(Component.WORKER)).isTrue();
        stack.startAgain(Component.WORKER);
        assertThat(stack.pid(Component.WORKER).orElseThrow()).isNotEqualTo(first);
        assertThat(stack.ready(Component.WORKER)).isTrue();
        kill(stack, Component.WORKER);
        assertThat(stack.hasLeft(Component.WORKER)).isFalse();
    }

    @Test
    void a_service_that_dies_while_it_starts_is_named_with_the_end_of_its_log() {
        assertThatThrownBy(() -> stack(Map.of("STAND_IN_FAILS", "yes")).up())
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("The api ended while it started")
                .hasMessageContaining("no such table: job");
    }

    @Test
    void a_taken_port_is_named_with_its_component_and_variable_before_anything_starts() throws IOException {
        LocalStack stack = stack(Map.of());
        try (ServerSocket other = new ServerSocket(port(Component.WORKER), 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(stack::up)
                    .isInstanceOf(LocalFailure.class)
                    .hasMessage("Port " + other.getLocalPort() + ", wanted by the worker, is taken by another program:"
                            + " free it, or set MILLRACE_WORKER_PORT to another port.");
        }
        assertThat(stack.running()).isEmpty();
    }

    @Test
    void a_pid_that_has_gone_to_another_process_is_never_killed() {
        Settings settings = settings(Map.of());
        ProcessId me = ProcessId.of(ProcessHandle.current());
        settings.pidFile(Component.API)
                .write(new PidFile.Entry(
                        new ProcessId(me.pid(), me.startedAt().minusSeconds(3_600)), port(Component.API)));
        assertThat(stack(Map.of()).running()).isEmpty();
    }

    @Test
    void two_launchers_do_not_work_on_one_folder_at_once() {
        try (LauncherLock held = LauncherLock.take(folder)) {
            assertThatThrownBy(() -> LauncherLock.take(folder))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining("Another launcher");
        }
        LauncherLock.take(folder).close();
    }

    private LocalStack stack(Map<String, String> environment) {
        return new LocalStack(settings(environment), said::add);
    }

    private Settings settings(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(System.getenv());
        all.putAll(environment);
        return new Settings(folder, folder.resolve("home"), ports, all);
    }

    private int port(Component component) {
        Integer port = ports.get(component);
        return port == null ? 0 : port;
    }

    /** It ends before it can answer. */
    private static void leave(LocalStack stack) {
        ProcessHandle process =
                ProcessHandle.of(stack.pid(Component.WORKER).orElseThrow()).orElseThrow();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + stack.port(Component.WORKER) + "/leave"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            assertThatThrownBy(() -> http.send(request, HttpResponse.BodyHandlers.discarding()))
                    .isInstanceOf(IOException.class);
        }
        process.onExit().join();
    }

    private static void kill(LocalStack stack, Component component) {
        ProcessHandle process =
                ProcessHandle.of(stack.pid(component).orElseThrow()).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    private static void standIn(Path jar) throws IOException {
        Files.createDirectories(jar.getParent());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandIn.class.getName());
        String entry = StandIn.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream in = StandIn.class.getResourceAsStream("/" + entry)) {
            if (in == null) {
                throw new IOException(entry + " is missing");
            }
            out.putNextEntry(new ZipEntry(entry));
            in.transferTo(out);
        }
    }
}
