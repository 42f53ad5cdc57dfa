package io.millrace.worker;

import io.millrace.dispatch.Queues;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.TreeSet;

/** What this worker offers: the queues it receives from, and how many jobs it runs at once. */
@Singleton
public class Capacity {

    private final List<String> queues;
    private final int concurrency;

    Capacity(WorkerConfig config, Queues known) {
        this.queues = List.copyOf(new TreeSet<>(config.queues().orElseGet(known::names)));
        this.concurrency = config.concurrency().orElseGet(Runtime.getRuntime()::availableProcessors);
        for (String queue : queues) {
            if (!known.names().contains(queue)) {
                throw new IllegalArgumentException(
                        "millrace.worker.queues names '" + queue + "', which millrace.queues does not have");
            }
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("millrace.worker.concurrency must be at least 1, but is " + concurrency);
        }
    }

    /** The queues, by name. */
    public List<String> queues() {
        return queues;
    }

    /** The number of slots. */
    public int concurrency() {
        return concurrency;
    }
}
