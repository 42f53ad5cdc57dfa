package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/** A problem of the API (RFC 9457) in words. */
final class Problem {

    private Problem() {}

    /** {@code title: detail}, then a line for each field that is wrong. */
    static String words(JsonNode problem, String untitled) {
        var words = new StringJoiner(": ");
        words.add(problem.path("title").asText(untitled));
        if (problem.hasNonNull("detail")) {
            words.add(problem.path("detail").asText());
        }
        var message = new StringBuilder(words.toString());
        for (JsonNode error : problem.path("errors")) {
            message.append("\n  ")
                    .append(error.path("field").asText())
                    .append(": ")
                    .append(error.path("message").asText());
        }
        return message.toString();
    }
}
