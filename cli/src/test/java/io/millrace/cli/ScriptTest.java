package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/millrace}, with a command line behind it that tells what it was started with. */
class ScriptTest {

    @TempDir
    Path checkout;

    @Test
    void whereTheLocaleHasOnlyAsciiTheCommandLineHasUtf8() throws IOException, InterruptedException {
        assertThat(startedWith("POSIX")).isEqualTo("C.UTF-8 -Xmx128m list --all");
    }

    @Test
    void anyOtherLocaleIsLeftAsItIs() throws IOException, InterruptedException {
        assertThat(startedWith("C.UTF-8")).isEqualTo("C.UTF-8 -Xmx128m list --all");
    }

    private String startedWith(String locale) throws IOException, InterruptedException {
        Path script = checkout.resolve("bin/millrace");
        Files.createDirectories(script.getParent());
        Files.copy(Path.of("..", "bin", "millrace"), script);
        Path executable = checkout.resolve("cli/target/millrace");
        Files.createDirectories(executable.getParent());
        Files.writeString(executable, "#!/bin/sh\necho \"$LC_ALL\" \"$@\"\n");
        Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwx------"));
        var builder = new ProcessBuilder("sh", script.toString(), "list", "--all").redirectErrorStream(true);
        builder.environment().put("LC_ALL", locale);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said.strip();
    }
}
