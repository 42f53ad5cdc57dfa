package io.millrace.pipeline;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline as its row stands.
 *
 * @param settings what is expected of it
 * @param modified when its data were changed last, as far as its executions have told
 * @param staleSince since when a check has known its data to be older than expected, null while they are not
 */
public record Pipeline(
        long id,
        Settings settings,
        Modified modified,
        @Nullable Instant staleSince,
        Instant createdAt) {

    /**
     * What is expected of a pipeline.
     *
     * @param freshness how old its last change of data may be, null for however old
     * @param timeliness how long an execution may take, null for however long
     * @param window,minSamples,threshold how its metrics are judged; null for what is configured
     * @param active whether freshness and timeliness are checked
     */
    public record Settings(
            String name,
            @Nullable Duration freshness,
            @Nullable Duration timeliness,
            @Nullable Integer window,
            @Nullable Integer minSamples,
            @Nullable Double threshold,
            boolean active) {}

    /** When data were last inserted, updated and deleted softly; null for never. */
    public record Modified(
            @Nullable Instant inserted,
            @Nullable Instant updated,
            @Nullable Instant softDeleted) {}

    /** How its metrics are judged: its own settings before those for all. */
    public DetectionRule rule(DetectionRule forAll) {
        Integer ownWindow = settings.window();
        Integer ownSamples = settings.minSamples();
        // Where only one of both is its own, the other gives way: else there would be nothing that could be judged.
        int window = ownWindow != null
                ? ownWindow
                : ownSamples == null ? forAll.window() : Math.max(forAll.window(), ownSamples);
        int minSamples = ownSamples == null ? Math.min(forAll.minSamples(), window) : ownSamples;
        return new DetectionRule(
                window, minSamples, settings.threshold() == null ? forAll.threshold() : settings.threshold());
    }
}
