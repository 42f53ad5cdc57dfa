package io.millrace.workflow;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the remote side's words for a status mean here. Upper and lower case, and {@code -} and {@code _}, are the same. */
public final class StatusMapping {

    /** Words that need no configuration. */
    private static final Map<String, WorkflowStatus> COMMON = Map.ofEntries(
            Map.entry("accepted", WorkflowStatus.SUBMITTED),
            Map.entry("created", WorkflowStatus.SUBMITTED),
            Map.entry("pending", WorkflowStatus.SUBMITTED),
            Map.entry("queued", WorkflowStatus.SUBMITTED),
            Map.entry("submitted", WorkflowStatus.SUBMITTED),
            Map.entry("in_progress", WorkflowStatus.RUNNING),
            Map.entry("processing", WorkflowStatus.RUNNING),
            Map.entry("running", WorkflowStatus.RUNNING),
            Map.entry("started", WorkflowStatus.RUNNING),
            Map.entry("complete", WorkflowStatus.COMPLETED),
            Map.entry("completed", WorkflowStatus.COMPLETED),
            Map.entry("done", WorkflowStatus.COMPLETED),
            Map.entry("finished", WorkflowStatus.COMPLETED),
            Map.entry("succeeded", WorkflowStatus.COMPLETED),
            Map.entry("success", WorkflowStatus.COMPLETED),
            Map.entry("aborted", WorkflowStatus.FAILED),
            Map.entry("error", WorkflowStatus.FAILED),
            Map.entry("failed", WorkflowStatus.FAILED),
            Map.entry("failure", WorkflowStatus.FAILED),
            Map.entry("canceled", WorkflowStatus.CANCELLED),
            Map.entry("cancelled", WorkflowStatus.CANCELLED));

    private final Map<String, WorkflowStatus> meanings;

    /** The common words, and these, which go before them. */
    public StatusMapping(Map<String, WorkflowStatus> configured) {
        var all = new HashMap<>(COMMON);
        configured.forEach((word, status) -> all.put(normal(word), status));
        meanings = Map.copyOf(all);
    }

    /** What the word means, empty where nobody has said. */
    public Optional<WorkflowStatus> of(String word) {
        return Optional.ofNullable(meanings.get(normal(word)));
    }

    private static String normal(String word) {
        return word.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    }
}
