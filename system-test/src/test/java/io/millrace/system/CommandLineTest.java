package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/millrace} as a shell has it, against the real API: what its own tests say of the API is so. */
@Tag("real")
@ExtendWith(StackExtension.class)
class CommandLineTest {

    private static final String NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057";

    private final Stack stack;

    @TempDir
    Path folder;

    CommandLineTest(Stack stack) {
        this.stack = stack;
    }

    private record Ended(int exit, String said) {}

    @Test
    void what_is_done_over_http_is_done_from_a_shell() throws IOException, InterruptedException {
        assertThat(type("submit", "demo.add", "-a", "values=[1,2,3]", "--wait")).isEqualTo(new Ended(0, "6"));
        assertThat(type("submit", "demo.fail", "-a", "times=9", "--max-retries", "0", "--wait")
                        .exit())
                .isEqualTo(1);
        assertThat(type("submit", "demo.sleep", "-a", "seconds=long").exit()).isEqualTo(5);
        assertThat(type("get", NOBODY).exit()).isEqualTo(3);

        Path batch = Files.writeString(
                folder.resolve("batch.json"),
                "{\"jobs\": [{\"key\": \"a\", \"task\": \"demo.noop\"},"
                        + " {\"key\": \"b\", \"task\": \"demo.noop\", \"depends_on\": [\"a\"]}]}");
        Ended ended = type("batches", "submit", batch.toString(), "--wait", "--timeout", "30");
        assertThat(ended.said()).contains("COMPLETED");
        assertThat(ended.exit()).isZero();

        assertThat(type("list", "--task", "demo.fail", "--state", "FAILURE", "--limit", "1")
                        .said())
                .contains("demo.fail");
        assertThat(type("workers", "ping").said()).contains("MILLISECONDS");
        assertThat(type("queues", "limit", "default", "--rate", "default").said())
                .contains("default");
    }

    private Ended type(String... arguments) throws IOException, InterruptedException {
        String checkout = System.getProperty("millrace.checkout", "..");
        var command = new ArrayList<>(
                List.of(Path.of(checkout, "bin", "millrace").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MILLRACE_URL", stack.api("").toString().replace("/api/v1", ""));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), said.strip());
    }
}
