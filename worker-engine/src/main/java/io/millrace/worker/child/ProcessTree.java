package io.millrace.worker.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process with all that it has started, and all that those have. */
final class ProcessTree {

    private static final Path PROC = Path.of("/proc");

    private ProcessTree() {}

    /**
     * Kills it (SIGKILL). The root goes first, so that it starts nothing more.
     *
     * @param mark stands in the environment of every process of the tree; where {@code /proc} tells, it finds those, too,
     *     whose parents had gone before
     */
    static void kill(ProcessHandle root, String mark) {
        List<ProcessHandle> below = root.descendants().toList();
        root.destroyForcibly();
        below.forEach(ProcessTree::killWithDescendants);
        marked(mark).forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills what this process has started, but not itself. */
    static void killBelow(ProcessHandle root) {
        root.descendants().toList().forEach(ProcessTree::killWithDescendants);
    }

    private static void killWithDescendants(ProcessHandle process) {
        List<ProcessHandle> startedMeanwhile = process.descendants().toList();
        process.destroyForcibly();
        startedMeanwhile.forEach(ProcessHandle::destroyForcibly);
    }

    private static List<ProcessHandle> marked(String mark) {
        var found = new ArrayList<ProcessHandle>();
        if (!Files.isDirectory(PROC)) {
            return found;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (environment(process).contains(mark)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            // Without /proc there is what the tree itself has told.
            return found;
        }
        return found;
    }

    private static String environment(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended meanwhile, or belongs to somebody else.
            return "";
        }
    }
}
