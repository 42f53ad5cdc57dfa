package io.millrace.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartLogTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void aRecordHasTheColumnsTheDriverReads() {
        byte[] record = StartLog.record("p7", 42, 2, 1234567890123L);

        assertThat(record).hasSize(StartLog.RECORD);
        assertThat(new String(record, StandardCharsets.US_ASCII)).isEqualTo("p7  00000042 00000001234567890123 02\n");
    }

    @Test
    void startsGoToAFileNamedAfterTheProcess() throws Exception {
        try (StartLog starts = new StartLog(folder)) {
            starts.append("p1", 1, 1, 5);
            starts.append("p1", 2, 1, 6);
        }

        List<String> lines = Files.readAllLines(
                folder.resolve(Long.toString(ProcessHandle.current().pid())));

        assertThat(lines).hasSize(2);
    }
}
