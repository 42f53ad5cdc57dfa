package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KindTest {

    @TempDir
    Path folder;

    @Test
    void aNativeServiceIsStartedWithABoundOnItsHeap() {
        List<String> command = stack("native").serviceCommand(Component.WORKER);

        assertThat(command)
                .containsExactly(
                        folder.resolve("worker-service/target/worker-service-runner")
                                .toString(),
                        "-Xmx256m");
    }

    @Test
    void whoSaysNothingHasJars() {
        assertThat(stack("").serviceCommand(Component.API))
                .endsWith(
                        "-jar",
                        folder.resolve("api-service/target/quarkus-app/quarkus-run.jar")
                                .toString());
    }

    @Test
    void whatIsNotBuiltIsNamedWithWhatBuildsIt() {
        assertThatThrownBy(stack("native")::up)
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("api-service-runner")
                .hasMessageEndingWith("run make native.");
    }

    @Test
    void anotherKindIsRefused() {
        assertThatThrownBy(() -> Settings.of(Map.of("MILLRACE_KIND", "wasm")))
                .isInstanceOf(LocalFailure.class)
                .hasMessage("MILLRACE_KIND is jvm or native, not wasm.");
    }

    private LocalStack stack(String kind) {
        var ports = new EnumMap<Component, Integer>(Component.class);
        for (Component component : Component.values()) {
            ports.put(component, Ports.free());
        }
        var settings = new Settings(folder, folder.resolve("home"), ports, Map.of("MILLRACE_KIND", kind));
        return new LocalStack(settings, line -> {});
    }
}
