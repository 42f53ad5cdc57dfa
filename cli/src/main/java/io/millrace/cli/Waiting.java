package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a job or a batch, and shows meanwhile how far it is. */
final class Waiting {

    private static final Set<String> ENDS = Set.of("SUCCESS", "FAILURE", "REVOKED");
    private static final Set<String> BATCH_ENDS = Set.of("COMPLETED", "FAILED", "CANCELLED", "MIXED");

    /** The API itself holds a question for so long; on a terminal the bar is to move. */
    private static final Duration HELD = Duration.ofSeconds(30);

    private static final Duration HELD_ON_A_TERMINAL = Duration.ofSeconds(1);

    private static final long BEFORE_ANOTHER_TRY_MILLIS = 1_000;

    private Waiting() {}

    /** @param timeout null for as long as it takes */
    static Duration limit(@Nullable Duration timeout) {
        return timeout == null ? Seconds.FOR_EVER : timeout;
    }

    /** @throws Misuse if there is a limit to a wait that is none */
    static void mustWait(boolean wait, @Nullable Duration timeout) {
        if (timeout != null && !wait) {
            throw new Misuse("--timeout is of no use without --wait.");
        }
    }

    /** Prints the result, or says what came instead of one. */
    static Exit forJob(Api api, Output out, String id, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        var question = new Question(out);
        Duration most = out.terminal() ? HELD_ON_A_TERMINAL : HELD;
        while (true) {
            long left = Math.max(0, deadline - System.nanoTime());
            // Whole seconds, since the API counts in these; the last question may so take up to one longer. The first
            // is answered at once: it tells a wrong address from an API that goes away, and there is something to show.
            long held = question.answered
                    ? Math.min(
                            most.toSeconds(),
                            Duration.ofNanos(left).plusMillis(999).toSeconds())
                    : 0;
            Query query = Query.of("/jobs", id).with("wait", held == 0 ? null : held);
            JsonNode job = question.ask(() -> api.get(query, Duration.ofSeconds(held)), left > 0);
            if (job == null) {
                continue;
            }
            if (ENDS.contains(job.path("state").asText())) {
                return ended(out, job);
            }
            if (left == 0) {
                return timeOver(
                        out, job, "Job " + id + " is still " + job.path("state").asText() + ".");
            }
            if (out.terminal()) {
                out.overLine(Progress.line(job));
            }
        }
    }

    private static Exit ended(Output out, JsonNode job) {
        clear(out);
        boolean success = job.path("state").asText().equals("SUCCESS");
        if (out.json()) {
            out.line(job.toString());
        } else if (success) {
            out.line(Table.text(job.path("result")));
        } else {
            JsonNode error = job.path("error");
            out.note("Job " + job.path("job_id").asText() + " is "
                    + job.path("state").asText()
                    + (error.isObject()
                            ? ": " + error.path("exc_type").asText() + ": "
                                    + error.path("exc_message").asText()
                            : "."));
        }
        return success ? Exit.OK : Exit.JOB_FAILED;
    }

    /** Asks every half second, since the API does not hold questions about batches. */
    static Exit forBatch(Output out, Supplier<JsonNode> ask, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        var question = new Question(out);
        while (true) {
            JsonNode batch = question.ask(ask, System.nanoTime() < deadline);
            if (batch == null) {
                continue;
            }
            String status = batch.path("status").asText();
            if (BATCH_ENDS.contains(status)) {
                clear(out);
                out.thing(batch);
                return status.equals("COMPLETED") ? Exit.OK : Exit.JOB_FAILED;
            }
            if (System.nanoTime() > deadline) {
                return timeOver(out, batch, "Batch " + batch.path("batch_id").asText() + " is still " + status + ".");
            }
            if (out.terminal()) {
                JsonNode counts = batch.path("counts");
                int total = Math.max(1, counts.path("total").asInt());
                int done = total - counts.path("active").asInt();
                JsonNode bar = Values.object()
                        .put("state", status)
                        .set(
                                "progress",
                                Values.object()
                                        .put("percent", 100.0 * done / total)
                                        .put("status", done + " of " + total + " jobs"));
                out.overLine(Progress.line(bar));
            }
            Thread.sleep(500);
        }
    }

    /**
     * What is asked again and again. Nobody there at first is a wrong address; nobody there any more is an API that starts
     * anew, and who waits for a job does so across that.
     */
    private static final class Question {

        private final Output out;
        private boolean answered;
        private boolean missed;

        Question(Output out) {
            this.out = out;
        }

        /** @return null where there was no answer and it is worth to ask again, after the moment that this has waited */
        @Nullable
        JsonNode ask(Supplier<JsonNode> question, boolean hasTime) throws InterruptedException {
            try {
                JsonNode answer = question.get();
                answered = true;
                missed = false;
                return answer;
            } catch (Unreachable | Refused e) {
                if (!answered || !hasTime || !Api.isAway(e)) {
                    throw e;
                }
            }
            if (!missed) {
                clear(out);
                out.note("The API does not answer any more; asking again until it does.");
                missed = true;
            }
            Thread.sleep(BEFORE_ANOTHER_TRY_MILLIS);
            return null;
        }
    }

    private static Exit timeOver(Output out, JsonNode thing, String sentence) {
        clear(out);
        if (out.json()) {
            out.line(thing.toString());
        }
        out.note(sentence);
        return Exit.TIME_OVER;
    }

    private static void clear(Output out) {
        if (out.terminal()) {
            out.endLine();
        }
    }
}
