package io.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which jobs are meant: all that fit everything that is said. */
final class Filter {

    @Option(names = "--state", split = ",", paramLabel = "STATE", description = "Such as FAILURE,REVOKED.")
    private List<String> states = List.of();

    @Option(names = "--task", split = ",", paramLabel = "TASK", description = "Of these tasks.")
    private List<String> tasks = List.of();

    @Option(names = "--queue", split = ",", paramLabel = "QUEUE", description = "Of these queues.")
    private List<String> queues = List.of();

    @Option(names = "--tag", split = ",", paramLabel = "TAG", description = "With one of these tags.")
    private List<String> tags = List.of();

    @Option(names = "--batch", split = ",", paramLabel = "BATCH", description = "Of these batches.")
    private List<String> batches = List.of();

    @Option(names = "--worker", split = ",", paramLabel = "WORKER", description = "On these workers.")
    private List<String> workers = List.of();

    @Option(names = "--project", split = ",", paramLabel = "ID", description = "Of these projects.")
    private List<String> projects = List.of();

    @Option(
            names = {"-q", "--text"},
            paramLabel = "TEXT",
            description = "With this in their arguments or error.")
    private @Nullable String text;

    @Option(names = "--after", paramLabel = "TIME", description = "Submitted since then, such as 2026-01-01T06:00:00Z.")
    private @Nullable String after;

    @Option(names = "--before", paramLabel = "TIME", description = "Submitted before then.")
    private @Nullable String before;

    /** What was said, as the API calls it. */
    private Map<String, String> said() {
        var said = new LinkedHashMap<String, String>();
        said.put("state", String.join(",", states));
        said.put("task", String.join(",", tasks));
        said.put("queue", String.join(",", queues));
        said.put("tag", String.join(",", tags));
        said.put("batch_id", String.join(",", batches));
        said.put("worker", String.join(",", workers));
        said.put("project_id", String.join(",", projects));
        said.put("q", text == null ? "" : text);
        said.put("created_after", after == null ? "" : after);
        said.put("created_before", before == null ? "" : before);
        said.values().removeIf(String::isEmpty);
        return said;
    }

    boolean isEmpty() {
        return said().isEmpty();
    }

    Query addTo(Query query) {
        said().forEach(query::with);
        return query;
    }

    ObjectNode json() {
        ObjectNode json = Values.object();
        said().forEach(json::put);
        return json;
    }
}
