package io.millrace.pack.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.worker.task.SoftTimeLimitExceeded;
import io.millrace.worker.task.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands are shell scripts here, which do what Demucs and Spleeter do. */
@Timeout(60)
class CommandSeparatorTest {

    @TempDir
    Path folder;

    private Path sound;
    private Path output;
    private final Told told = new Told();

    @BeforeEach
    void aSound() throws IOException {
        sound = Files.writeString(folder.resolve("input.wav"), "a sound");
        output = Files.createDirectory(folder.resolve("stems"));
    }

    private List<Separator.Made> separate(String script) throws Exception {
        Path file = Files.writeString(folder.resolve("separator"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new CommandSeparator(List.of(file.toString(), "{input}", "{output}")).separate(sound, output, told);
    }

    @Test
    void filesThatItLeavesAreTheStemsAndWhatItPrintsIsItsProgress() throws Exception {
        var stems = separate("""
                printf ' 10%%|#   |\\r 55%%|##  |\\r100%%|####|\\n'
                mkdir -p "$2/htdemucs/input"
                cp "$1" "$2/htdemucs/input/vocals.wav"
                cp "$1" "$2/htdemucs/input/no vocals.wav"
                echo note > "$2/htdemucs/input/readme.txt"
                """);

        assertThat(stems).extracting(Separator.Made::name).containsExactly("no_vocals", "vocals");
        assertThat(stems.getLast().file()).hasContent("a sound");
        assertThat(told.lines).containsExactly("10 10%|#   |", "55 55%|##  |", "99 100%|####|");
    }

    @Test
    void whatItSaysLastIsWhyItFailed() {
        assertThatThrownBy(
                        () -> separate("for i in $(seq 1 5000); do echo line $i; done; echo no such model >&2; exit 3"))
                .isInstanceOf(SeparationFailed.class)
                .hasMessageContaining("status 3")
                .hasMessageEndingWith("no such model")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    }

    @Test
    void aLineWithoutAnEndIsNotKept() throws Exception {
        assertThatThrownBy(() -> separate("head -c 5000000 /dev/zero | tr '\\0' x; exit 1"))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    }

    @Test
    void oneThatIsNotThereOrLeavesNothingFails() {
        assertThatThrownBy(() -> new CommandSeparator(List.of("/no/such/command")).separate(sound, output, told))
                .isInstanceOf(SeparationFailed.class)
                .hasMessageContaining("cannot be started");
        assertThatThrownBy(() -> separate("echo done"))
                .isInstanceOf(SeparationFailed.class)
                .hasMessageContaining("no WAV file");
    }

    @Test
    void twoFilesOfOneNameAreNoStems() {
        assertThatThrownBy(() -> separate("mkdir $2/a $2/b; touch $2/a/x.wav $2/b/x.wav"))
                .isInstanceOf(SeparationFailed.class);
    }

    @Test
    void itIsKilledWithWhatItHasStartedWhenTheRunShallEnd() throws Exception {
        told.ends = () -> Files.exists(folder.resolve("started"));

        assertThatThrownBy(() -> separate("""
                sleep 600 &
                printf '%%s\\n' $$ $! > %1$s.part; mv %1$s.part %1$s
                wait
                """.formatted(folder.resolve("started"))))
                .isInstanceOf(SoftTimeLimitExceeded.class);

        for (String pid : Files.readAllLines(folder.resolve("started"))) {
            assertThat(ProcessHandle.of(Long.parseLong(pid))
                            .map(CommandSeparatorTest::ends)
                            .orElse(true))
                    .as("process %s has ended", pid)
                    .isTrue();
        }
    }

    private static boolean ends(ProcessHandle process) {
        try {
            process.onExit().get(10, TimeUnit.SECONDS);
            return true;
        } catch (Exception e) {
            return !process.isAlive();
        }
    }

    /** Notes progress, and ends the run when it is told to. */
    private static final class Told implements TaskContext {

        final List<String> lines = Collections.synchronizedList(new ArrayList<>());
        BooleanSupplier ends = () -> false;

        @Override
        public UUID jobId() {
            return new UUID(0, 1);
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public int retries() {
            return 0;
        }

        @Override
        public @Nullable String traceId() {
            return null;
        }

        @Override
        public @Nullable String traceparent() {
            return null;
        }

        @Override
        public @Nullable String projectId() {
            return null;
        }

        @Override
        public void progress(long current, long total, String status) {
            lines.add(current + " " + status);
        }

        @Override
        public void progress(long current, long total, String status, String step) {
            lines.add(current + " " + step);
        }

        @Override
        public boolean cancelled() {
            return ends.getAsBoolean();
        }

        @Override
        public void checkpoint() {
            if (cancelled()) {
                throw new SoftTimeLimitExceeded("enough");
            }
        }

        @Override
        public Logger log() {
            return Logger.getLogger("test");
        }
    }
}
