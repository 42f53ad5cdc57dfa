package io.millrace.api.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.job.Intake;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.millrace.batch.BatchGraph;
import io.millrace.batch.NewBatch;
import io.millrace.batch.OnParentFailure;
import io.millrace.job.NewJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads a batch: what surrounds the jobs token by token, and the jobs one after the other. */
final class BatchReader {

    private static final int NAME_LENGTH = 200;
    private static final int ERRORS_KEPT = 100;

    /** Numbers go through as they were written. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Intake.Taking intake;
    private final BatchBounds bounds;
    private final List<FieldError> errors = new ArrayList<>();
    private final List<FieldError> jobErrors = new ArrayList<>();
    private final List<FieldError> unknownFields = new ArrayList<>();
    private final List<Draft> drafts = new ArrayList<>();
    private int dependencies;
    private boolean jobsSeen;
    private @Nullable String name;
    private @Nullable String callbackUrl;
    private @Nullable String projectId;
    private OnParentFailure onParentFailure = OnParentFailure.CANCEL;

    /**
     * A job that is good as far as it alone can be judged.
     *
     * @param own its own policy, null for that of the batch
     */
    private record Draft(
            BatchGraph.Node node, NewJob job, @Nullable OnParentFailure own) {}

    private BatchReader(Intake.Taking intake, BatchBounds bounds) {
        this.intake = intake;
        this.bounds = bounds;
    }

    /** Reads a body that is a batch. @throws Problem with everything that is wrong with it */
    static NewBatch read(byte[] body, UUID id, Intake.Taking intake, BatchBounds bounds) {
        var reader = new BatchReader(intake, bounds);
        try (JsonParser in = JSON.getFactory().createParser(body)) {
            reader.readBody(in);
        } catch (JsonProcessingException e) {
            throw Problems.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
        return reader.batch(id);
    }

    private void readBody(JsonParser in) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw in.currentToken() == null
                    ? Problem.of(ProblemCode.MALFORMED_JSON, "The body is empty.")
                    : Problem.invalid("", "must be a JSON object with jobs");
        }
        for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
            in.nextToken();
            switch (field) {
                case "name" -> name = text(in, field);
                case "callback_url" -> callbackUrl = text(in, field);
                case "project_id" -> projectId = text(in, field);
                case "on_parent_failure" ->
                    onParentFailure = policy(text(in, field), field).orElse(onParentFailure);
                case "jobs" -> readJobs(in);
                default -> {
                    in.skipChildren();
                    unknownFields.add(new FieldError(field, "is not a field of a batch"));
                }
            }
        }
        if (in.nextToken() != null) {
            throw Problem.of(ProblemCode.MALFORMED_JSON, "The body goes on after the end of its JSON.");
        }
    }

    private @Nullable String text(JsonParser in, String field) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return in.getText();
        }
        if (in.currentToken() != JsonToken.VALUE_NULL) {
            in.skipChildren();
            errors.add(new FieldError(field, "must be a string"));
        }
        return null;
    }

    private void readJobs(JsonParser in) throws IOException {
        jobsSeen = true;
        if (in.currentToken() != JsonToken.START_ARRAY) {
            in.skipChildren();
            errors.add(new FieldError("jobs", "must be an array of jobs"));
            return;
        }
        int index = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (index == bounds.maxJobs()) {
                throw Problem.of(ProblemCode.BATCH_TOO_LARGE, "One batch may have " + bounds.maxJobs() + " jobs.");
            }
            JsonNode element = JSON.readTree(in);
            readJob(element, index);
            index++;
        }
        if (index == 0) {
            errors.add(new FieldError("jobs", "must have at least one job"));
        }
    }

    private void readJob(JsonNode element, int index) throws IOException {
        var found = new ArrayList<FieldError>(0);
        try {
            if (element instanceof ObjectNode job) {
                Draft draft = draft(job, index, found);
                if (found.isEmpty()) {
                    drafts.add(draft);
                }
            } else {
                found.add(new FieldError("", "must be a JSON object with at least a task"));
            }
        } catch (Problem problem) {
            found.addAll(
                    problem.errors().isEmpty()
                            ? List.of(new FieldError("", String.valueOf(problem.getMessage())))
                            : problem.errors());
        }
        String at = "jobs[" + index + "]";
        for (FieldError error : found) {
            if (jobErrors.size() < ERRORS_KEPT) {
                jobErrors.add(new FieldError(error.field().isEmpty() ? at : at + "." + error.field(), error.message()));
            }
        }
    }

    private Draft draft(ObjectNode job, int index, List<FieldError> found) throws IOException {
        String key = key(job.remove("key"), index, found);
        List<String> dependsOn = dependsOn(job.remove("depends_on"), found);
        OnParentFailure own = ownPolicy(job.remove("on_parent_failure"), found);
        Set<String> results = Intake.resultsIn(job.path("args"), "args", found);
        dependencies += dependsOn.size() + results.size();
        if (dependencies > bounds.maxDependencies()) {
            throw tooManyDependencies();
        }
        NewJob admitted = intake.take(JSON.writeValueAsBytes(job), !results.isEmpty());
        return new Draft(new BatchGraph.Node(key, dependsOn, results), admitted, own);
    }

    private Problem tooManyDependencies() {
        return Problem.of(
                ProblemCode.BATCH_TOO_LARGE, "One batch may have " + bounds.maxDependencies() + " dependencies.");
    }

    /** A job without a key is called by its place. */
    private static String key(@Nullable JsonNode key, int index, List<FieldError> found) {
        if (key == null || key.isNull()) {
            return Integer.toString(index);
        }
        if (!key.isTextual()) {
            found.add(new FieldError("key", "must be a string"));
        } else {
            Intake.checkWord("key", key.textValue(), NAME_LENGTH, found);
        }
        return key.asText();
    }

    private static List<String> dependsOn(@Nullable JsonNode keys, List<FieldError> found) {
        if (keys == null || keys.isNull()) {
            return List.of();
        }
        if (!keys.isArray()) {
            found.add(new FieldError("depends_on", "must be an array of keys"));
            return List.of();
        }
        var dependsOn = new ArrayList<String>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            if (!keys.get(i).isTextual()) {
                found.add(new FieldError("depends_on[" + i + "]", "must be a string"));
            }
            dependsOn.add(keys.get(i).asText());
        }
        return dependsOn;
    }

    private static @Nullable OnParentFailure ownPolicy(@Nullable JsonNode word, List<FieldError> found) {
        if (word == null || word.isNull()) {
            return null;
        }
        Optional<OnParentFailure> policy = OnParentFailure.of(word.asText());
        if (policy.isEmpty()) {
            found.add(new FieldError("on_parent_failure", "must be cancel or run"));
        }
        return policy.orElse(null);
    }

    private Optional<OnParentFailure> policy(@Nullable String word, String field) {
        if (word == null) {
            return Optional.empty();
        }
        Optional<OnParentFailure> policy = OnParentFailure.of(word);
        if (policy.isEmpty()) {
            errors.add(new FieldError(field, "must be cancel or run"));
        }
        return policy;
    }

    private NewBatch batch(UUID id) {
        refuseInvalid();
        return switch (BatchGraph.check(drafts.stream().map(Draft::node).toList())) {
            case BatchGraph.Checked.Flawed(var flaws) ->
                throw Problem.of(
                        ProblemCode.INVALID_GRAPH,
                        flaws.stream()
                                .map(flaw -> new FieldError(flaw.field(), flaw.message()))
                                .toList());
            case BatchGraph.Checked.Sound(var graph) ->
                new NewBatch(
                        id,
                        name,
                        onParentFailure,
                        callbackUrl,
                        intake.project(projectId),
                        drafts.stream().map(this::member).toList(),
                        graph);
        };
    }

    private void refuseInvalid() {
        if (!jobsSeen) {
            errors.add(new FieldError("jobs", "is required"));
        }
        Intake.checkWord("name", name, NAME_LENGTH, errors);
        Intake.checkWord("project_id", projectId, NAME_LENGTH, errors);
        Intake.checkCallbackUrl(callbackUrl, errors);
        if (!errors.isEmpty()) {
            errors.addAll(unknownFields);
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        if (!unknownFields.isEmpty()) {
            throw Problem.of(ProblemCode.UNKNOWN_FIELD, unknownFields);
        }
        if (!jobErrors.isEmpty()) {
            throw Problem.of(ProblemCode.BATCH_REJECTED, jobErrors);
        }
    }

    private NewBatch.Member member(Draft draft) {
        OnParentFailure policy = draft.own() == null ? onParentFailure : draft.own();
        return new NewBatch.Member(draft.job(), policy == OnParentFailure.RUN);
    }
}
