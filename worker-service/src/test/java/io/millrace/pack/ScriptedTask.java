package io.millrace.pack;

import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import io.quarkus.runtime.configuration.DurationConverter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A task that does as the test says, run by run: {@code script("fail Flaky", "progress 1/2, snooze 5s", "succeed")} fails
 * first, then reports and snoozes, then succeeds; the last line is repeated.
 *
 * <table>
 * <caption>What a line may say, several with commas between</caption>
 * <tr><td>{@code succeed}, {@code succeed with <text>}</td><td>returns</td></tr>
 * <tr><td>{@code fail <type>}</td><td>throws; {@code IOException} as itself, any other type by name</td></tr>
 * <tr><td>{@code fail for good}</td><td>throws what is never retried</td></tr>
 * <tr><td>{@code retry after <duration>}</td><td>throws and says when to come back</td></tr>
 * <tr><td>{@code snooze <duration>}</td><td>asks to be called again</td></tr>
 * <tr><td>{@code sleep <duration>}</td><td>and can be interrupted</td></tr>
 * <tr><td>{@code hold until released}</td><td>ends when the test calls {@link #release}, and not before</td></tr>
 * <tr><td>{@code progress <n>/<m>}</td><td>reports</td></tr>
 * <tr><td>{@code checkpoint}</td><td>throws if the run shall end</td></tr>
 * </table>
 */
@Singleton
class ScriptedTask {

    static final String NAME = "test.scripted";

    record Script(@NotEmpty List<@NotBlank String> runs) {}

    private final Map<UUID, Integer> runs = new ConcurrentHashMap<>();
    private final Map<UUID, CompletableFuture<Void>> held = new ConcurrentHashMap<>();

    /** Arguments with this script, a line for each run. */
    static String script(String... lines) {
        return new JsonObject().put("runs", new JsonArray(List.of(lines))).encode();
    }

    private CompletableFuture<Void> held(UUID job) {
        return held.computeIfAbsent(job, _ -> new CompletableFuture<>());
    }

    /** Lets the runs of a job go on that are held, and those that would be from now on. */
    void release(UUID job) {
        held(job).complete(null);
    }

    @Task(name = NAME)
    @Nullable
    String run(Script script, TaskContext context) throws Exception {
        // Runs are counted here, because an attempt that snoozed is given back.
        int run = runs.merge(context.jobId(), 1, Integer::sum);
        String line = script.runs().get(Math.min(run, script.runs().size()) - 1);
        String result = null;
        for (String step : line.split(", *", -1)) {
            result = act(step, context);
        }
        return result;
    }

    private @Nullable String act(String step, TaskContext context) throws Exception {
        List<String> words = List.of(step.split(" "));
        String last = words.getLast();
        switch (step.replaceFirst(" [^ ]+$", "")) {
            case "succeed with" -> {
                return last;
            }
            case "retry after" -> throw new RetryAfter("as the script says", duration(last));
            case "fail for" -> throw new PermanentFailure("as the script says");
            case "fail" ->
                throw last.equals("IOException")
                        ? new IOException("as the script says")
                        : new TaskFailure(last, "as the script says");
            case "snooze" -> throw new Snooze(duration(last));
            case "sleep" -> Thread.sleep(duration(last));
            // Whoever joins does not listen to interruption.
            case "hold until" -> held(context.jobId()).join();
            case "progress" -> {
                String[] of = last.split("/", -1);
                context.progress(Long.parseLong(of[0]), Long.parseLong(of[1]), "as the script says");
            }
            case "checkpoint" -> context.checkpoint();
            case "succeed" -> {}
            default -> throw new PermanentFailure("no script says '" + step + "'");
        }
        return null;
    }

    private static Duration duration(String text) {
        return DurationConverter.parseDuration(text);
    }
}
