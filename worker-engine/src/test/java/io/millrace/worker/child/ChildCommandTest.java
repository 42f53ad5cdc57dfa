package io.millrace.worker.child;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.worker.child.ChildCommand.Launch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildCommandTest {

    private static final List<String> OPTIONS = List.of(
            "-Xmx2g",
            "-XX:+UseParallelGC",
            "-XX:MaxRAMPercentage=75",
            "-agentlib:jdwp=transport=dt_socket,address=5005",
            "-Xlog:gc:file=gc.log",
            "--enable-native-access=ALL-UNNAMED",
            "-Da.b=c");

    @Test
    void aWorkerFromAJarHasChildrenFromItsJarWithAHeapOfTheirOwn() {
        var launch = new Launch("/jdk/bin/java", false, OPTIONS, "app/quarkus-run.jar --x", "app/quarkus-run.jar");

        assertThat(ChildCommand.of(launch, StubChildren.config(Map.of("heap", "100M", "jvm-options", "-Xss1m"))))
                .containsExactly(
                        "/jdk/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Da.b=c",
                        "-Xmx100m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:+DisplayVMOutputToStderr",
                        "-Xlog:disable",
                        "-Xlog:all=warning:stderr",
                        "-Xss1m",
                        "-jar",
                        "app/quarkus-run.jar",
                        "millrace-child");
    }

    @Test
    void aWorkerFromAClassPathHasChildrenFromIt() {
        var launch = new Launch("/jdk/bin/java", false, List.of(), "a.Main x y", "lib/a.jar:lib/b.jar");

        assertThat(ChildCommand.of(launch, StubChildren.config(Map.of())))
                .endsWith("-cp", "lib/a.jar:lib/b.jar", "a.Main", "millrace-child");
    }

    @Test
    void aNativeWorkerHasChildrenOfTheSameBinary() {
        var launch = new Launch("/app/worker", true, List.of(), "", "");

        assertThat(ChildCommand.of(launch, StubChildren.config(Map.of())))
                .containsExactly("/app/worker", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "millrace-child");
    }

    @Test
    void aCommandThatIsConfiguredIsTaken() {
        assertThat(ChildCommand.of(StubChildren.config(Map.of("command", "run,it"))))
                .containsExactly("run", "it", "millrace-child");
    }
}
