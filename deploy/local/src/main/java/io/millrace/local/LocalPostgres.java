package io.millrace.local;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of our own in a folder, durable (fsync and synchronous commit are on) and on the loopback interface
 * only. It is a process apart and outlives the JVM that started it: call {@link #close()} where it should not.
 *
 * <p>PostgreSQL refuses to run as root; where we are root it runs in a user namespace ({@code unshare -U}).
 */
public final class LocalPostgres implements AutoCloseable {

    private static final String NAME = "millrace";
    private static final Duration INIT_LIMIT = Duration.ofSeconds(90);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration ORPHANS_LIMIT = Duration.ofSeconds(15);

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            // No socket file: its path may be longer than the system allows.
            Map.entry("unix_socket_directories", ""),
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("max_connections", "200"),
            Map.entry("shared_buffers", "256MB"),
            Map.entry("max_wal_size", "4GB"),
            // A fresh table soon has statistics.
            Map.entry("autovacuum_naptime", "10s"),
            Map.entry("log_line_prefix", "%m %p %a "),
            Map.entry("timezone", "UTC"));

    private final Path data;
    private final int port;

    private LocalPostgres(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /**
     * Starts a server over this data folder and waits until it accepts connections. A folder that does not exist is made
     * first, with the database {@code millrace}; a server that runs there already is adopted, whatever its port.
     *
     * @param data the server's folder; its log is {@code server.log} in it
     * @param port the port to listen on; 0 takes a free one
     * @throws LocalFailure if it does not come up, with the end of its log
     */
    public static LocalPostgres start(Path data, int port) {
        return start(data, port, Map.of());
    }

    /** As {@link #start(Path, int)}, with server settings of your own in place of ours. */
    public static LocalPostgres start(Path data, int port, Map<String, String> settings) {
        Path folder = data.toAbsolutePath().normalize();
        Optional<LocalPostgres> running = running(folder);
        if (running.isPresent()) {
            return running.get();
        }
        Path binaries = PostgresBinaries.folder();
        if (Folders.isEmpty(folder)) {
            Folders.createWhole(folder, fresh -> init(binaries, fresh));
        }
        int chosen = port == 0 ? Ports.free() : port;
        launch(binaries, folder, chosen, settings);
        return new LocalPostgres(folder, chosen);
    }

    /** The server that runs over this data folder, if one does. */
    public static Optional<LocalPostgres> running(Path data) {
        Path folder = data.toAbsolutePath().normalize();
        return Postmaster.of(folder).filter(Postmaster::alive).map(p -> new LocalPostgres(folder, p.port()));
    }

    public int port() {
        return port;
    }

    public String jdbcUrl() {
        return "jdbc:" + reactiveUrl();
    }

    /** The address as Vert.x' clients, Quarkus' reactive data sources and most other languages write it. */
    public String reactiveUrl() {
        return "postgresql://127.0.0.1:" + port + "/" + NAME;
    }

    /** A superuser. */
    public String user() {
        return NAME;
    }

    public String password() {
        return NAME;
    }

    /** Where the server writes its log. */
    public Path log() {
        return log(data);
    }

    /** The server's process, while there is one. */
    public Optional<Long> pid() {
        return Postmaster.of(data).filter(Postmaster::alive).map(Postmaster::pid);
    }

    /** Ends all connections and stops the server, at most half a minute; nothing happens if it does not run. */
    public void stop() {
        Optional<Postmaster> running = Postmaster.of(data).filter(Postmaster::alive);
        if (running.isEmpty()) {
            return;
        }
        Ran ran = run(
                STOP_LIMIT.plusSeconds(5),
                Files.exists(data) ? data.resolve("pg_ctl.log") : null,
                unprivileged(
                        PostgresBinaries.folder().resolve("bin/pg_ctl").toString(),
                        List.of("stop", "-D", data.toString(), "-m", "fast", "-w", "-t", seconds(STOP_LIMIT))));
        if (ran.exitCode() != 0 && running.get().alive()) {
            throw new LocalFailure("PostgreSQL in " + data + " does not stop: " + ran.output());
        }
    }

    /** The same as {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    private static void init(Path binaries, Path folder) throws IOException {
        Path password = Files.writeString(folder.resolveSibling(folder.getFileName() + ".pw"), NAME);
        try {
            Ran made = run(
                    INIT_LIMIT,
                    null,
                    unprivileged(
                            binaries.resolve("bin/initdb").toString(),
                            List.of(
                                    "-D",
                                    folder.toString(),
                                    "-U",
                                    NAME,
                                    "--encoding=UTF8",
                                    // PostgreSQL's own locale: the same order and case on every system.
                                    "--locale-provider=builtin",
                                    "--builtin-locale=C.UTF-8",
                                    "--locale=C",
                                    "--auth=scram-sha-256",
                                    "--pwfile=" + password)));
            if (made.exitCode() != 0) {
                throw new LocalFailure("initdb failed in " + folder + ":\n" + made.output() + rootHint());
            }
        } finally {
            Files.deleteIfExists(password);
        }
        createDatabase(binaries, folder);
    }

    /** In single-user mode, since the builds we use have neither createdb nor psql. */
    private static void createDatabase(Path binaries, Path folder) {
        Ran made = run(
                INIT_LIMIT,
                "create database " + NAME + ";\n",
                null,
                unprivileged(
                        binaries.resolve("bin/postgres").toString(),
                        List.of("--single", "-D", folder.toString(), "-c", "unix_socket_directories=", "postgres")));
        if (made.exitCode() != 0) {
            throw new LocalFailure("Cannot create the database " + NAME + ":\n" + made.output());
        }
    }

    private static void launch(Path binaries, Path data, int port, Map<String, String> settings) {
        Postmaster.of(data).ifPresent(p -> p.forget(data));
        Instant deadline = Instant.now().plus(ORPHANS_LIMIT);
        long logged = size(log(data));
        while (true) {
            Ran ran = run(
                    START_LIMIT.plusSeconds(5),
                    data.resolve("pg_ctl.log"),
                    unprivileged(
                            binaries.resolve("bin/pg_ctl").toString(),
                            List.of(
                                    "start",
                                    "-D",
                                    data.toString(),
                                    "-l",
                                    log(data).toString(),
                                    "-w",
                                    "-t",
                                    seconds(START_LIMIT),
                                    "-o",
                                    options(port, settings))));
            if (ran.exitCode() == 0) {
                return;
            }
            String tail = since(log(data), logged);
            // The children of a killed postmaster need a moment to notice.
            boolean orphans = tail.contains("pre-existing shared memory block");
            if (!orphans || Instant.now().isAfter(deadline)) {
                throw new LocalFailure("PostgreSQL did not start on port " + port + " in " + data + ":\n" + ran.output()
                        + tail + rootHint());
            }
            pause(Duration.ofMillis(200));
        }
    }

    private static String options(int port, Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(SETTINGS);
        all.putAll(settings);
        StringBuilder options = new StringBuilder("-p ").append(port);
        // pg_ctl hands the line to a shell.
        all.forEach((name, value) -> options.append(" -c '")
                .append(name)
                .append('=')
                .append(value.replace("'", ""))
                .append("'"));
        return options.toString();
    }

    private static List<String> unprivileged(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (root()) {
            command.addAll(List.of("unshare", "-U", "--"));
        }
        command.add(program);
        command.addAll(arguments);
        return command;
    }

    private static boolean root() {
        return new UnixSystem().getUid() == 0;
    }

    private static String rootHint() {
        return root()
                ? "\nPostgreSQL runs in a user namespace here, because you are root and it refuses to be; if the"
                        + " system forbids that (`unshare -U true` fails), run as an ordinary user.\n"
                : "";
    }

    private record Ran(int exitCode, String output) {}

    private static Ran run(Duration limit, @Nullable Path output, List<String> command) {
        return run(limit, "", output, command);
    }

    /**
     * Runs a command to its end. Its output goes through a file, not a pipe: the server that pg_ctl leaves behind inherits
     * it, and a pipe would stay open.
     */
    private static Ran run(Duration limit, String input, @Nullable Path output, List<String> command) {
        try {
            Path file = output != null ? output : Files.createTempFile("millrace-postgres-", ".log");
            try {
                Process process = processOf(command, file).start();
                try (var stdin = process.getOutputStream()) {
                    stdin.write(input.getBytes(StandardCharsets.UTF_8));
                }
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new LocalFailure(
                            command + " did not end within " + limit.toSeconds() + " s:\n" + Files.readString(file));
                }
                return new Ran(process.exitValue(), Files.readString(file));
            } finally {
                if (output == null) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("Interrupted while " + command.getFirst() + " ran", e);
        }
    }

    private static ProcessBuilder processOf(List<String> command, Path output) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // PostgreSQL reads PG… variables of its caller, and speaks the caller's language in its log.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().putAll(new LinkedHashMap<>(Map.of("LC_ALL", "C", "TZ", "UTC")));
        return builder;
    }

    private static Path log(Path data) {
        return data.resolve("server.log");
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String since(Path file, long from) {
        try {
            byte[] all = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            int start = (int) Math.min(Math.max(from, all.length - 4_096L), all.length);
            return new String(all, start, all.length - start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        }
    }

    private static String seconds(Duration duration) {
        return Long.toString(duration.toSeconds());
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("Interrupted while PostgreSQL started", e);
        }
    }

    /** What {@code postmaster.pid} says. */
    private record Postmaster(long pid, Instant startedAt, int port) {

        // The file says whole seconds, written a little after the process began.
        private static final Duration TOLERANCE = Duration.ofSeconds(10);

        static Optional<Postmaster> of(Path data) {
            Path file = data.resolve("postmaster.pid");
            try {
                List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
                return lines.size() < 4
                        ? Optional.empty()
                        : Optional.of(new Postmaster(
                                Long.parseLong(lines.get(0).strip()),
                                Instant.ofEpochSecond(
                                        Long.parseLong(lines.get(2).strip())),
                                Integer.parseInt(lines.get(3).strip())));
            } catch (IOException | NumberFormatException e) {
                throw new LocalFailure(file + " cannot be read: " + e.getMessage(), e);
            }
        }

        /** Whether that very process still runs: the pid alone may have gone to another one since. */
        boolean alive() {
            return new ProcessId(pid, startedAt).alive(TOLERANCE);
        }

        /** Without this, a pid file of before a reboot keeps the server down as soon as anybody has its number. */
        void forget(Path data) {
            if (!alive() && ProcessHandle.of(pid).isPresent()) {
                try {
                    Files.deleteIfExists(data.resolve("postmaster.pid"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
