package io.millrace.api.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.fleet.SlotRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a worker: {@code {"concurrency": 8, "queues": ["default"]}}, or {@code "autoscale": {"max": 10, "min":
 * 3}} in place of the concurrency.
 *
 * @param slots the pool wanted, null if nothing is said of it
 * @param queues the queues wanted, null if nothing is said of them
 */
record WorkerPatch(@Nullable SlotRange slots, @Nullable List<String> queues) {

    private static final Set<String> FIELDS = Set.of("concurrency", "autoscale", "queues");
    private static final Set<String> BOUNDS = Set.of("max", "min");

    /**
     * Reads a request's body.
     *
     * @throws Problem that names every field that is wrong
     */
    static WorkerPatch of(byte[] body, Set<String> known, int mostSlots) {
        JsonNode asked = JsonFields.object(new Body(body), FIELDS);
        var errors = new ArrayList<FieldError>();
        SlotRange slots = slots(asked, mostSlots, errors);
        List<String> queues = queues(asked.path("queues"), known, errors);
        if (errors.isEmpty() && slots == null && queues == null) {
            errors.add(new FieldError("", "must have concurrency, autoscale or queues"));
        }
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        return new WorkerPatch(slots, queues);
    }

    private static @Nullable SlotRange slots(JsonNode asked, int most, List<FieldError> errors) {
        JsonNode concurrency = asked.path("concurrency");
        JsonNode autoscale = asked.path("autoscale");
        if (JsonFields.isThere(concurrency) && JsonFields.isThere(autoscale)) {
            errors.add(new FieldError("autoscale", "cannot be asked for together with concurrency"));
            return null;
        }
        if (JsonFields.isThere(concurrency)) {
            int slots = number(concurrency, "concurrency", most, errors);
            return slots == 0 ? null : SlotRange.fixed(slots);
        }
        if (!JsonFields.isThere(autoscale)) {
            return null;
        }
        if (!autoscale.isObject()) {
            errors.add(new FieldError("autoscale", "must be an object with max and min"));
            return null;
        }
        JsonFields.refuseOthers(autoscale, BOUNDS, "autoscale.");
        int max = number(autoscale.path("max"), "autoscale.max", most, errors);
        int min = number(autoscale.path("min"), "autoscale.min", most, errors);
        if (max == 0 || min == 0) {
            return null;
        }
        if (min > max) {
            errors.add(new FieldError("autoscale.min", "must not be greater than autoscale.max"));
            return null;
        }
        return new SlotRange(min, max);
    }

    /** @return 0 if it is none, which is then among the errors */
    private static int number(JsonNode node, String field, int most, List<FieldError> errors) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1 || node.intValue() > most) {
            errors.add(new FieldError(field, "must be a whole number from 1 to " + most));
            return 0;
        }
        return node.intValue();
    }

    private static @Nullable List<String> queues(JsonNode asked, Set<String> known, List<FieldError> errors) {
        if (!JsonFields.isThere(asked)) {
            return null;
        }
        if (!asked.isArray() || asked.isEmpty()) {
            errors.add(new FieldError("queues", "must be an array with at least one queue"));
            return null;
        }
        var queues = new TreeSet<String>();
        for (int i = 0; i < asked.size(); i++) {
            String name = asked.path(i).isTextual() ? asked.path(i).textValue() : "";
            if (known.contains(name)) {
                queues.add(name);
            } else {
                errors.add(new FieldError("queues[" + i + "]", "must be a queue that there is"));
            }
        }
        return List.copyOf(queues);
    }
}
