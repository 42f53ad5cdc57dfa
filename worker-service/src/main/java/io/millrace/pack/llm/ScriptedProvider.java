package io.millrace.pack.llm;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.llm.Usage;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import java.time.Duration;
import java.util.Locale;

/**
 * Answers as the configuration of the call says, the same every time: for tests and for trying things out, without an
 * account anywhere. {@code answer} is what it says, an echo of the query where there is none; {@code script} lists what it
 * does the first time, the second time and so on, and after the last word it answers.
 *
 * <table>
 * <caption>Words of a script</caption>
 * <tr><td>{@code answer}</td><td>answers</td></tr>
 * <tr><td>{@code slow:2}</td><td>answers after so many seconds</td></tr>
 * <tr><td>{@code 429:2}</td><td>wants to be left alone for so many seconds</td></tr>
 * <tr><td>{@code 500}</td><td>is not well</td></tr>
 * <tr><td>{@code 400}</td><td>does not want the request</td></tr>
 * <tr><td>{@code malformed}</td><td>says what cannot be read</td></tr>
 * </table>
 */
final class ScriptedProvider implements Provider {

    private static final int PIECE = 4;

    @Override
    public LlmAnswer ask(LlmRequest request, TaskContext context) throws InterruptedException {
        JsonNode script = request.parameters().path("script");
        String[] word = script.path(context.retries())
                .asText("answer")
                .toLowerCase(Locale.ROOT)
                .split(":", 2);
        double seconds = word.length == 1 ? 0 : seconds(word[1]);
        return switch (word[0]) {
            case "answer" -> answer(request, context);
            case "slow" -> {
                Thread.sleep(Duration.ofMillis(Math.round(seconds * 1000)));
                yield answer(request, context);
            }
            case "429" ->
                throw new RetryAfter(
                        "HttpTooManyRequests",
                        "the script says 429, again after " + seconds + " s",
                        Duration.ofMillis(Math.round(seconds * 1000)));
            case "500" -> throw new TaskFailure("HttpServerError", "the script says 500");
            case "400" -> throw new PermanentFailure("HttpClientError", "the script says 400");
            case "malformed" -> throw new TaskFailure("MalformedAnswer", "the script says something unreadable");
            default -> throw new PermanentFailure("InvalidScript", "a script cannot say '" + word[0] + "'");
        };
    }

    private static double seconds(String text) {
        try {
            return Math.max(0, Math.min(Double.parseDouble(text), 3_600));
        } catch (NumberFormatException e) {
            throw new PermanentFailure("InvalidScript", "'" + text + "' is no number of seconds");
        }
    }

    private static LlmAnswer answer(LlmRequest request, TaskContext context) {
        String text = request.parameters().path("answer").asText("You asked: " + request.query());
        int tokens = tokens(text);
        if (request.stream()) {
            for (int i = 1; i <= tokens; i++) {
                context.progress(i, tokens, "answering");
            }
        }
        return new LlmAnswer(null, request.model(), text, "stop", new Usage(tokens(request.query()), tokens));
    }

    /** About as many as there would be. */
    private static int tokens(String text) {
        return (text.length() + PIECE - 1) / PIECE;
    }
}
