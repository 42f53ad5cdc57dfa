package io.millrace.fleet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people want of a worker.
 *
 * @param seq grows with every wish; a later one holds what the earlier ones asked for as well
 * @param slots the pool they want, null if they do not care
 * @param queues the queues they want it to receive from, null if they do not care
 * @param shutdown whether it shall drain and end
 */
public record Wish(
        int seq, @Nullable SlotRange slots, @Nullable List<String> queues, boolean shutdown) {}
