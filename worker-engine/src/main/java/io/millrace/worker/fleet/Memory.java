package io.millrace.worker.fleet;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** What this process has in memory. */
@Singleton
class Memory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    Memory(MeterRegistry metrics) {
        Gauge.builder("millrace.worker.memory", this, Memory::used)
                .description("Resident memory of the process; where the system does not say, the heap in use")
                .baseUnit("bytes")
                .register(metrics);
    }

    /** Its resident memory in bytes; where the system does not say, the heap in use. */
    long used() {
        try {
            return Files.isReadable(STATUS)
                    ? resident(Files.readAllLines(STATUS, StandardCharsets.UTF_8))
                            .orElseGet(Memory::heap)
                    : heap();
        } catch (IOException e) {
            // Linux alone has this file; the heap is the next best thing to know.
            return heap();
        }
    }

    /** Whether so large a share of the heap is in use. */
    boolean above(double share) {
        return heap() > share * Runtime.getRuntime().maxMemory();
    }

    /** As Linux writes it: {@code VmRSS:     12345 kB}. */
    static OptionalLong resident(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(RESIDENT))
                .map(line -> line.substring(RESIDENT.length()).replace("kB", "").strip())
                .filter(number -> number.chars().allMatch(Character::isDigit) && !number.isEmpty())
                .mapToLong(number -> Long.parseLong(number) << 10)
                .findFirst();
    }

    private static long heap() {
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
