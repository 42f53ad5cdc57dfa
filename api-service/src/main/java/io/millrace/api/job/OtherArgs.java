package io.millrace.api.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.body.JsonFields;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.ArgsChange;
import io.millrace.store.ControlStore;
import jakarta.inject.Singleton;
import java.util.ArrayList;

/** Other arguments for jobs that run again: what was asked for, and whether it fits their tasks. */
@Singleton
class OtherArgs implements ControlStore.ArgsCheck {

    private final TaskCatalog catalog;
    private final ObjectMapper json;

    OtherArgs(TaskCatalog catalog, ObjectMapper json) {
        this.catalog = catalog;
        this.json = json;
    }

    /**
     * What a body says with {@code args} or {@code args_patch}.
     *
     * @throws Problem if it says both, or one that is no object
     */
    static ArgsChange asked(ObjectNode body) {
        JsonNode args = body.path("args");
        JsonNode patch = body.path("args_patch");
        if (JsonFields.isThere(args) && JsonFields.isThere(patch)) {
            throw Problem.invalid("args_patch", "cannot be given together with args");
        }
        if (JsonFields.isThere(patch)) {
            return new ArgsChange.Patch(object("args_patch", patch));
        }
        return JsonFields.isThere(args) ? new ArgsChange.Replace(object("args", args)) : new ArgsChange.Keep();
    }

    private static String object(String field, JsonNode node) {
        if (!node.isObject()) {
            throw Problem.invalid(field, "must be an object");
        }
        return node.toString();
    }

    /** Silent where the result of another job will be put in, as when they were submitted. */
    @Override
    public void accept(String task, String args) {
        var errors = new ArrayList<FieldError>();
        catalog.find(task)
                .or(() -> catalog.findFresh(task).toCompletableFuture().join())
                .ifPresent(known -> known.schema().leniently().check(read(args), errors));
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_ARGS, errors);
        }
    }

    private JsonNode read(String args) {
        try {
            return json.readTree(args);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL returned arguments that are no JSON", e);
        }
    }
}
