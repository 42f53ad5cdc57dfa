package io.millrace.pack.function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.millrace.store.FunctionStore;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.arc.All;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The two generic tasks. They differ in the queue, and with it in who is served first. */
@Singleton
class FunctionTasks {

    private final Map<String, Function> functions = new TreeMap<>();
    private final FunctionStore store;
    private final ObjectMapper json = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    FunctionTasks(@All List<Function> functions, FunctionStore store) {
        for (Function function : functions) {
            if (this.functions.put(function.path(), function) != null) {
                throw new IllegalStateException("two functions are '" + function.path() + "'");
            }
        }
        this.store = store;
    }

    /**
     * What is to be run. Projects and organizations are numbered by some and named by others.
     *
     * @param jobId the domain's own id of this work; with the same one, in the same project, it is done once
     * @param requestData an object
     * @param isolated whether it is to have a process to itself
     */
    @RegisterForReflection(registerFullHierarchy = true)
    record Execute(
            @NotBlank @Size(max = 200) String functionPath,
            @Nullable Object projectId,
            @Nullable Object organizationId,
            @Nullable @Size(min = 1, max = 200) String jobId,
            @Nullable @Size(max = 200) String traceId,
            @Nullable Object requestData,
            @Nullable Boolean isolated) {}

    /** Runs a function somebody waits for. */
    @Task(
            name = "execute_high_priority_task",
            queue = "high_priority",
            priority = 9,
            maxRetries = 3,
            retryDelay = "2s",
            softTimeLimit = "300s",
            timeLimit = "600s",
            isolatedBy = "isolated")
    JsonNode executeHighPriority(Execute args, TaskContext context) throws Exception {
        return execute(args, context);
    }

    /** Runs a function nobody waits for. */
    @Task(
            name = "execute_low_priority_task",
            queue = "low_priority",
            priority = 1,
            maxRetries = 3,
            retryDelay = "2s",
            softTimeLimit = "300s",
            timeLimit = "600s",
            isolatedBy = "isolated")
    JsonNode executeLowPriority(Execute args, TaskContext context) throws Exception {
        return execute(args, context);
    }

    private JsonNode execute(Execute args, TaskContext context) throws Exception {
        Function function = functions.get(args.functionPath());
        if (function == null) {
            throw new PermanentFailure(
                    "UnknownFunction",
                    "there is no function '" + args.functionPath() + "'; there are " + functions.keySet());
        }
        FunctionCall call = call(args, context);
        Optional<String> before = store.result(call.projectId(), function.path(), call.jobId());
        if (before.isPresent()) {
            context.log().infof("function=%s domain_job=%s was done before", function.path(), call.jobId());
            return json.readTree(before.get());
        }
        context.log().infof("function=%s domain_job=%s begins", function.path(), call.jobId());
        String result = write(function.execute(call));
        store.returned(call.projectId(), function.path(), call.jobId(), context.jobId(), result);
        context.log().infof("function=%s domain_job=%s is done", function.path(), call.jobId());
        return json.readTree(result);
    }

    private static FunctionCall call(Execute args, TaskContext context) {
        Map<String, @Nullable Object> data = switch (args.requestData()) {
            case null -> Map.of();
            case Map<?, ?> map -> named(map);
            default -> throw new PermanentFailure("InvalidArgs", "request_data must be an object");
        };
        String trace = args.traceId() == null ? context.traceId() : args.traceId();
        String jobId = args.jobId() == null ? context.jobId().toString() : args.jobId();
        return new FunctionCall(project(args, context), text(args.organizationId()), jobId, trace, data, context);
    }

    /** The job's project is who submitted it; arguments can name one only where the job has none, or the same. */
    private static @Nullable String project(Execute args, TaskContext context) {
        String said = text(args.projectId());
        String own = context.projectId();
        if (own != null && said != null && !own.equals(said)) {
            throw new PermanentFailure("InvalidArgs", "project_id is not that of the job");
        }
        return own == null ? said : own;
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Number number -> number.toString();
            default -> throw new PermanentFailure("InvalidArgs", "an id is a string or a number");
        };
    }

    private static Map<String, @Nullable Object> named(Map<?, ?> map) {
        var named = new TreeMap<String, @Nullable Object>();
        map.forEach((name, value) -> named.put(String.valueOf(name), value));
        return named;
    }

    private String write(@Nullable Object result) {
        try {
            return json.writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new PermanentFailure("ResultNotJson", "what the function returned cannot be written as JSON");
        }
    }
}
