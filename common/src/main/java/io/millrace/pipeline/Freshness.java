package io.millrace.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether data were changed recently enough.
 *
 * @param last the change that was last, null if there was none since the pipeline has been known
 * @param lastAt when that was; where there was none, since when the pipeline has been known
 * @param age how long ago that is
 * @param stale whether that is longer than expected
 */
public record Freshness(@Nullable Change last, Instant lastAt, Duration age, boolean stale) {

    /** What changes data. */
    public enum Change {
        INSERT,
        UPDATE,
        SOFT_DELETE;

        /** As the wire has it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Changed(Change what, Instant at) {}

    /** Judges a pipeline of which something is expected. */
    public static Freshness of(Pipeline.Modified modified, Instant knownSince, Duration expected, Instant now) {
        Optional<Changed> last = Stream.of(
                        changed(Change.INSERT, modified.inserted()),
                        changed(Change.UPDATE, modified.updated()),
                        changed(Change.SOFT_DELETE, modified.softDeleted()))
                .flatMap(Optional::stream)
                // Of changes at the same time the first of the list.
                .reduce((a, b) -> b.at().isAfter(a.at()) ? b : a);
        Instant lastAt = last.map(Changed::at).orElse(knownSince);
        Duration age = Duration.between(lastAt, now);
        return new Freshness(
                last.map(Changed::what).orElse(null),
                lastAt,
                age.isNegative() ? Duration.ZERO : age,
                age.compareTo(expected) > 0);
    }

    private static Optional<Changed> changed(Change what, @Nullable Instant at) {
        return at == null ? Optional.empty() : Optional.of(new Changed(what, at));
    }
}
