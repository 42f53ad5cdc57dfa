package io.millrace.api.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.body.JsonFields;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Cron;
import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.millrace.schedule.Schedule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a schedule, or says everything that is wrong with it. A pure function of the body, what there was before, and the
 * time.
 */
final class ScheduleReader {

    private static final List<String> FIELDS = List.of(
            "name",
            "task",
            "args",
            "queue",
            "priority",
            "cron",
            "timezone",
            "every",
            "starts_at",
            "at",
            "enabled",
            "misfire",
            "misfire_limit",
            "overlap");
    /** What a schedule is shown with besides; it may come back with a change and says nothing. */
    private static final List<String> SHOWN = List.of(
            "next_fire_times",
            "last_fire_at",
            "last_job_id",
            "last_job_state",
            "problem",
            "declared",
            "created_at",
            "updated_at");

    private static final Set<String> TAKEN =
            Stream.concat(FIELDS.stream(), SHOWN.stream()).collect(Collectors.toUnmodifiableSet());

    private static final int TASK_LENGTH = 200;
    private static final double NANOS = 1e9;

    private final ObjectNode body;
    private final Instant now;
    private final List<FieldError> errors = new ArrayList<>();

    private ScheduleReader(ObjectNode body, Instant now) {
        this.body = body;
        this.now = now;
    }

    /**
     * Reads a body that is a whole schedule.
     *
     * @param name what it must be called, null if it says so itself
     * @param before the schedule that has this name so far
     * @throws Problem with every field that is wrong
     */
    static Schedule read(byte[] body, @Nullable String name, @Nullable Schedule before, Instant now) {
        return new ScheduleReader(JsonFields.required(body, TAKEN), now.truncatedTo(ChronoUnit.MILLIS))
                .schedule(name, before);
    }

    /** Reads a body that says nothing but whether a schedule shall fire. */
    static boolean readEnabled(byte[] body) {
        ObjectNode object = JsonFields.required(body, Set.of("enabled"));
        if (!object.path("enabled").isBoolean()) {
            throw Problem.invalid("enabled", "must be true or false");
        }
        return object.path("enabled").booleanValue();
    }

    private Schedule schedule(@Nullable String wanted, @Nullable Schedule before) {
        String name = name(wanted);
        String task = text("task");
        if (task == null || task.isBlank() || task.length() > TASK_LENGTH) {
            refuse(
                    "task",
                    task == null && !given("task") ? "is required" : "must have 1 to " + TASK_LENGTH + " characters");
        }
        String args = args();
        String queue = text("queue");
        Integer priority = integer("priority", 0, 10);
        Cadence cadence = cadence(before);
        Misfire misfire = word("misfire", Misfire.values(), Misfire.ONCE);
        Integer limit = integer("misfire_limit", 1, Schedule.MAX_MISFIRE_LIMIT);
        Overlap overlap = word("overlap", Overlap.values(), Overlap.ALLOW);
        boolean enabled = bool("enabled");
        if (!errors.isEmpty() || cadence == null || task == null) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        return new Schedule(
                name,
                task,
                args,
                queue,
                priority,
                cadence,
                misfire,
                limit == null ? Schedule.MISFIRE_LIMIT : limit,
                overlap,
                enabled);
    }

    private String name(@Nullable String wanted) {
        String name = text("name");
        if (name == null) {
            name = wanted;
        }
        if (name == null) {
            refuse("name", "is required");
            return "";
        }
        if (wanted != null && !wanted.equals(name)) {
            refuse("name", "differs from the name in the address");
        } else if (!Schedule.NAME.matcher(name).matches()) {
            refuse("name", "must have 1 to 80 letters, digits, '.', '_' or '-', and begin with a letter or digit");
        }
        return name;
    }

    private String args() {
        JsonNode args = body.path("args");
        if (args.isMissingNode() || args.isNull()) {
            return "{}";
        }
        if (!args.isObject()) {
            refuse("args", "must be an object");
        }
        return args.toString();
    }

    private @Nullable Cadence cadence(@Nullable Schedule before) {
        List<String> given =
                Stream.of("cron", "every", "at").filter(this::given).toList();
        if (given.size() != 1) {
            refuse(given.isEmpty() ? "cron" : given.getLast(), "exactly one of cron, every and at must be given");
            return null;
        }
        if (given("starts_at") && !given("every")) {
            refuse("starts_at", "belongs to every");
        }
        return switch (given.getFirst()) {
            case "cron" -> cron();
            case "every" -> every(before == null ? null : before.cadence());
            default -> once(before == null ? null : before.cadence());
        };
    }

    private @Nullable Cadence cron() {
        String expression = text("cron");
        ZoneId zone = zone();
        if (expression == null || zone == null) {
            return null;
        }
        try {
            var cron = new Cron(expression, zone);
            if (cron.next(now).isEmpty()) {
                refuse("cron", "names no day that ever comes");
            }
            return cron;
        } catch (IllegalArgumentException e) {
            refuse("cron", reason(e));
            return null;
        }
    }

    private @Nullable ZoneId zone() {
        String zone = text("timezone");
        try {
            return ZoneId.of(zone == null ? "UTC" : zone);
        } catch (DateTimeException e) {
            refuse("timezone", "is no time zone, such as Europe/Amsterdam");
            return null;
        }
    }

    private @Nullable Cadence every(@Nullable Cadence before) {
        JsonNode seconds = body.path("every");
        if (!seconds.isNumber()) {
            refuse("every", "must be a number of seconds");
            return null;
        }
        Instant start = time("starts_at");
        try {
            // Beyond what a long of nanoseconds holds, the cast saturates, and the bounds refuse it.
            Duration interval = Duration.ofNanos((long) (seconds.doubleValue() * NANOS));
            var every = new Cadence.Every(interval, start == null ? now : start);
            // An interval that stays goes on from where it began.
            return start == null
                            && before instanceof Cadence.Every(var length, var _)
                            && length.equals(every.interval())
                    ? before
                    : every;
        } catch (IllegalArgumentException e) {
            refuse("every", reason(e));
            return null;
        }
    }

    private @Nullable Cadence once(@Nullable Cadence before) {
        Instant at = time("at");
        if (at == null) {
            return null;
        }
        var once = new Cadence.Once(at);
        if (!once.at().isAfter(now) && !once.equals(before)) {
            refuse("at", "must be in the future");
        }
        return once;
    }

    private static String reason(IllegalArgumentException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be read");
    }

    private boolean given(String field) {
        return body.hasNonNull(field);
    }

    private @Nullable String text(String field) {
        if (!given(field)) {
            return null;
        }
        if (!body.path(field).isTextual()) {
            refuse(field, "must be a string");
            return null;
        }
        return body.path(field).textValue();
    }

    private @Nullable Instant time(String field) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            refuse(field, "must be a time with its zone, such as 2026-01-31T12:00:00Z");
            return null;
        }
    }

    private @Nullable Integer integer(String field, int least, int most) {
        if (!given(field)) {
            return null;
        }
        JsonNode number = body.path(field);
        if (!number.isIntegralNumber()
                || !number.canConvertToInt()
                || number.intValue() < least
                || number.intValue() > most) {
            refuse(field, "must be from " + least + " to " + most);
            return null;
        }
        return number.intValue();
    }

    private boolean bool(String field) {
        if (given(field) && !body.path(field).isBoolean()) {
            refuse(field, "must be true or false");
        }
        return !given(field) || body.path(field).booleanValue();
    }

    private <E extends Enum<E>> E word(String field, E[] words, E usual) {
        String text = text(field);
        if (text == null) {
            return usual;
        }
        Function<E, String> wire = word -> word.name().toLowerCase(Locale.ROOT);
        return Stream.of(words)
                .filter(word -> wire.apply(word).equals(text))
                .findFirst()
                .orElseGet(() -> {
                    refuse(field, "must be one of " + Stream.of(words).map(wire).toList());
                    return usual;
                });
    }

    private void refuse(String field, String message) {
        errors.add(new FieldError(field, message));
    }
}
