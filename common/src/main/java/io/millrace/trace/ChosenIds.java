package io.millrace.trace;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Random ids, but where the one who begins a span has chosen them: the SDK takes ids from nowhere else. */
final class ChosenIds implements IdGenerator {

    private static final ScopedValue<Choice> CHOSEN = ScopedValue.newInstance();

    /** @param spanId null for a random one */
    private record Choice(String traceId, @Nullable String spanId) {}

    private final IdGenerator random = IdGenerator.random();

    /** Makes a span with these ids; the trace id is that of its parent if it has one. */
    static <T> T choosing(String traceId, @Nullable String spanId, Supplier<T> makes) {
        return ScopedValue.where(CHOSEN, new Choice(traceId, spanId)).call(makes::get);
    }

    @Override
    public String generateTraceId() {
        return CHOSEN.isBound() ? CHOSEN.get().traceId() : random.generateTraceId();
    }

    @Override
    public String generateSpanId() {
        String chosen = CHOSEN.isBound() ? CHOSEN.get().spanId() : null;
        return chosen == null ? random.generateSpanId() : chosen;
    }
}
