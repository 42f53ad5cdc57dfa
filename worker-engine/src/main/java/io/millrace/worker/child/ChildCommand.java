package io.millrace.worker.child;

import io.quarkus.runtime.ImageMode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How a child is started: as this process was, with a heap of its own and the argument that makes it a child. */
final class ChildCommand {

    /**
     * What a child must not have in common with its worker: heap, collector, ports, files that only one process can write,
     * and logging of the Java machine, which would go to the pipe of messages.
     */
    private static final Pattern NOT_FOR_CHILDREN = Pattern.compile("-Xm[xns].*|-Xlog.*|-Xloggc.*|-verbose.*"
            + "|-XX:(Initial|Min|Max)(RAM|RAMPercentage|RAMFraction|HeapSize)=.*|-XX:[+-]Use\\w*GC|-XX:[+-]AlwaysPreTouch"
            + "|-XX:(AOTCacheOutput|AOTMode|AOTConfiguration|ArchiveClassesAtExit|StartFlightRecording|FlightRecorderOptions)[=:].*"
            + "|-agentlib:jdwp.*|-Xrunjdwp.*|-Dcom\\.sun\\.management\\.jmxremote.*");

    private ChildCommand() {}

    /** How this process was started. */
    record Launch(
            String executable, boolean nativeImage, List<String> javaOptions, String javaCommand, String classPath) {

        static Launch ofThisProcess() {
            String executable = ProcessHandle.current()
                    .info()
                    .command()
                    .orElseThrow(
                            () -> new IllegalStateException(
                                    "this system does not tell how the worker was started: set millrace.worker.isolation.command"));
            boolean nativeImage = ImageMode.current().isNativeImage();
            return new Launch(
                    executable,
                    nativeImage,
                    nativeImage
                            ? List.of()
                            : ManagementFactory.getRuntimeMXBean().getInputArguments(),
                    System.getProperty("sun.java.command", ""),
                    System.getProperty("java.class.path", ""));
        }
    }

    static List<String> of(IsolationConfig config) {
        return config.command()
                .map(command -> with(command, WorkerMain.CHILD))
                .orElseGet(() -> of(Launch.ofThisProcess(), config));
    }

    static List<String> of(Launch launch, IsolationConfig config) {
        var command = new ArrayList<String>();
        command.add(launch.executable());
        String heap = "-Xmx" + Math.max(1, config.heap().asLongValue() >> 20) + "m";
        if (launch.nativeImage()) {
            command.add(heap);
            command.add("-XX:+ExitOnOutOfMemoryError");
            command.addAll(config.jvmOptions().orElse(List.of()));
            return with(command, WorkerMain.CHILD);
        }
        launch.javaOptions().stream()
                .filter(option -> !NOT_FOR_CHILDREN.matcher(option).matches())
                .forEach(command::add);
        command.addAll(List.of(
                heap,
                // One run at a time; a collector with threads of its own would only cost memory.
                "-XX:+UseSerialGC",
                // What is left after running out of memory is not to be trusted with another run.
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+DisplayVMOutputToStderr",
                "-Xlog:disable",
                "-Xlog:all=warning:stderr"));
        command.addAll(config.jvmOptions().orElse(List.of()));
        if (launch.javaCommand().startsWith(launch.classPath())) {
            command.addAll(List.of("-jar", launch.classPath()));
        } else {
            command.addAll(List.of("-cp", launch.classPath(), mainClass(launch.javaCommand())));
        }
        return with(command, WorkerMain.CHILD);
    }

    private static String mainClass(String javaCommand) {
        int space = javaCommand.indexOf(' ');
        return space < 0 ? javaCommand : javaCommand.substring(0, space);
    }

    private static List<String> with(List<String> command, String argument) {
        var all = new ArrayList<>(command);
        all.add(argument);
        return List.copyOf(all);
    }
}
