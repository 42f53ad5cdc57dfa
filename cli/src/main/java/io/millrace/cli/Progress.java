package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** How far a job is, on one line of a terminal. */
final class Progress {

    private static final int WIDTH = 30;
    private static final int WHOLE = 100;

    private Progress() {}

    /** Such as {@code STARTED [=========           ]  45 % loading}; without a bar as long as the job has told nothing. */
    static String line(JsonNode job) {
        String state = job.path("state").asText();
        JsonNode progress = job.path("progress");
        if (!progress.isObject()) {
            return state;
        }
        double percent = Math.clamp(progress.path("percent").asDouble(), 0, WHOLE);
        int done = (int) (WIDTH * percent / WHOLE);
        String step = progress.path("current_step").asText("");
        String said =
                step.isEmpty() || step.equals("null") ? progress.path("status").asText("") : step;
        return String.format(
                        Locale.ROOT,
                        "%s [%s%s] %3.0f %% %s",
                        state,
                        "=".repeat(done),
                        " ".repeat(WIDTH - done),
                        percent,
                        Table.oneLine(said))
                .stripTrailing();
    }
}
