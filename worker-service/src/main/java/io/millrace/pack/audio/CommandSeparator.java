package io.millrace.pack.audio;

import io.millrace.worker.task.TaskContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command of somebody else's. What it prints is its progress; the WAV files that it leaves are the stems. It is a
 * descendant of the process of this run, and dies with it; where the run is asked to end, it is killed here, with all it
 * has started.
 */
final class CommandSeparator implements Separator {

    private static final long LOOK_AGAIN_MILLIS = 100;
    private static final long TO_DIE_SECONDS = 5;
    private static final int LINE = 300;
    private static final int LAST_LINES = 10;
    private static final int FOLDERS_DEEP = 4;
    private static final int MOST_STEMS = 32;
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3})(?:\\.\\d+)?\\s?%");

    private final List<String> command;

    CommandSeparator(List<String> command) {
        this.command = List.copyOf(command);
    }

    @Override
    public List<Made> separate(Path sound, Path folder, TaskContext context)
            throws IOException, InterruptedException, SeparationFailed {
        Process process = start(sound, folder);
        var said = new Said(context);
        Thread reader = Thread.ofVirtual().name("separator-output").start(() -> said.listen(process));
        try {
            while (!process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                context.checkpoint();
            }
        } finally {
            // Of one that has ended by itself there is still something to be read.
            if (process.isAlive()) {
                kill(process);
            }
        }
        // Something that it has left running may hold its output open.
        reader.join(TimeUnit.SECONDS.toMillis(TO_DIE_SECONDS));
        if (process.exitValue() != 0) {
            throw new SeparationFailed("The separator ended with status " + process.exitValue() + ": " + said.last());
        }
        return stems(folder, said);
    }

    private Process start(Path sound, Path folder) throws SeparationFailed {
        List<String> words = command.stream()
                .map(word -> word.replace("{input}", sound.toString()).replace("{output}", folder.toString()))
                .toList();
        try {
            return new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
        } catch (IOException e) {
            // It is not there, or may not be run: that does not change by itself.
            throw new SeparationFailed("The separator cannot be started: " + e.getMessage());
        }
    }

    private static void kill(Process process) {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
    }

    private static List<Made> stems(Path folder, Said said) throws IOException, SeparationFailed {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder, FOLDERS_DEEP)) {
            files = all.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".wav"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .limit(MOST_STEMS + 1)
                    .toList();
        }
        if (files.isEmpty()) {
            throw new SeparationFailed("The separator ended well and left no WAV file: " + said.last());
        }
        var made = new ArrayList<Made>();
        for (Path file : files) {
            String name = name(file);
            if (made.size() == MOST_STEMS
                    || made.stream().anyMatch(other -> other.name().equals(name))) {
                throw new SeparationFailed(
                        "The separator left more than " + MOST_STEMS + " WAV files, or two that are called " + name);
            }
            made.add(new Made(name, file));
        }
        return made;
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        String plain = name.substring(0, name.length() - ".wav".length()).replaceAll("[^A-Za-z0-9_-]", "_");
        return plain.isEmpty() ? "stem" : plain.substring(0, Math.min(plain.length(), 64));
    }

    /** What the command prints: each line is progress, and the last ones are kept. */
    private static final class Said {

        private final TaskContext context;
        private final Deque<String> lines = new ArrayDeque<>();
        private int percent;

        Said(TaskContext context) {
            this.context = context;
        }

        void listen(Process process) {
            try (Reader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                var line = new StringBuilder();
                for (int next = output.read(); next >= 0; next = output.read()) {
                    // A bar that is drawn over and over ends its lines with a return.
                    if (next == '\n' || next == '\r') {
                        hear(line.toString().strip());
                        line.setLength(0);
                    } else if (line.length() < LINE) {
                        line.append((char) next);
                    }
                }
                hear(line.toString().strip());
            } catch (IOException e) {
                // It was killed while it spoke; why is known to whoever did it.
                context.log().debugf("the output of the separator broke off: %s", e.getMessage());
            }
        }

        private synchronized void hear(String line) {
            if (line.isEmpty()) {
                return;
            }
            lines.addLast(line);
            if (lines.size() > LAST_LINES) {
                lines.removeFirst();
            }
            Matcher told = PERCENT.matcher(line);
            while (told.find()) {
                // It is not through before it has ended, whatever it says.
                percent = Math.min(99, Integer.parseInt(told.group(1)));
            }
            context.progress(percent, 100, "separating", line);
        }

        synchronized String last() {
            return lines.isEmpty() ? "it has said nothing" : String.join(" / ", lines);
        }
    }
}
