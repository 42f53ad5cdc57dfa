package io.millrace.worker;

import io.millrace.dispatch.Queues;
import io.millrace.fleet.SlotRange;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.TreeSet;

/** What this worker is configured to offer: the queues it receives from, and how many jobs it runs at once. */
@Singleton
public class Capacity {

    private final List<String> queues;
    private final SlotRange slots;

    Capacity(WorkerConfig config, Queues known) {
        this.queues = List.copyOf(new TreeSet<>(config.queues().orElseGet(known::names)));
        for (String queue : queues) {
            if (!known.names().contains(queue)) {
                throw new IllegalArgumentException(
                        "millrace.worker.queues names '" + queue + "', which millrace.queues does not have");
            }
        }
        int concurrency = config.concurrency().orElseGet(Runtime.getRuntime()::availableProcessors);
        if (concurrency < 1) {
            throw new IllegalArgumentException("millrace.worker.concurrency must be at least 1, but is " + concurrency);
        }
        this.slots = config.autoscale().map(Capacity::range).orElseGet(() -> SlotRange.fixed(concurrency));
    }

    private static SlotRange range(String text) {
        try {
            return SlotRange.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("millrace.worker.autoscale: " + e.getMessage(), e);
        }
    }

    /** The queues it starts with, by name. */
    public List<String> queues() {
        return queues;
    }

    /** The number of slots it starts with. */
    public int concurrency() {
        return slots.min();
    }

    /** Between how many slots and how many it moves by itself at first. */
    public SlotRange slots() {
        return slots;
    }
}
