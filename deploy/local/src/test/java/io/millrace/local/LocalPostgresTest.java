package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class LocalPostgresTest {

    @TempDir
    Path folder;

    @Test
    void a_server_starts_is_adopted_by_the_next_caller_and_starts_again_over_the_same_data() throws Exception {
        Path data = folder.resolve("data");
        try (LocalPostgres first = LocalPostgres.start(data, 0)) {
            assertThat(Ports.answers(first.port())).isTrue();
            LocalPostgres second = LocalPostgres.start(data, 0);
            assertThat(second.port()).isEqualTo(first.port());
        }
        assertThat(LocalPostgres.running(data)).isEmpty();
        try (LocalPostgres again = LocalPostgres.start(data, 0)) {
            assertThat(Ports.answers(again.port())).isTrue();
        }
    }

    @Test
    void a_killed_server_comes_back() throws Exception {
        Path data = folder.resolve("data");
        try (LocalPostgres first = LocalPostgres.start(data, 0)) {
            ProcessHandle process = ProcessHandle.of(first.pid().orElseThrow()).orElseThrow();
            process.destroyForcibly();
            process.onExit().get(10, java.util.concurrent.TimeUnit.SECONDS);
        }
        try (LocalPostgres again = LocalPostgres.start(data, 0)) {
            assertThat(Ports.answers(again.port())).isTrue();
        }
    }

    @Test
    void a_pid_file_whose_number_has_gone_to_another_process_does_not_keep_the_server_down() throws IOException {
        Path data = folder.resolve("data");
        LocalPostgres.start(data, 0).close();
        long other = ProcessHandle.current().pid();
        Files.writeString(data.resolve("postmaster.pid"), other + "\n" + data + "\n1000000000\n5432\n\n127.0.0.1\n");
        try (LocalPostgres server = LocalPostgres.start(data, 0)) {
            assertThat(server.pid().orElseThrow()).isNotEqualTo(other);
        }
    }

    @Test
    void a_folder_with_something_else_in_it_is_left_alone() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> LocalPostgres.start(folder, 0)).isInstanceOf(LocalFailure.class);
        assertThat(folder.resolve("notes.txt")).hasContent("mine");
    }
}
