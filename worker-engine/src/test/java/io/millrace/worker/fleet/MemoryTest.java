package io.millrace.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void residentMemoryIsReadAsLinuxWritesIt() {
        var status = List.of("Name:\tjava", "VmHWM:\t  262144 kB", "VmRSS:\t  131072 kB", "Threads:\t30");

        assertThat(Memory.resident(status)).hasValue(128L << 20);
    }

    @Test
    void whatIsNotThereIsNotInvented() {
        assertThat(Memory.resident(List.of("Name:\tjava", "VmRSS:\t unknown"))).isEmpty();
    }
}
