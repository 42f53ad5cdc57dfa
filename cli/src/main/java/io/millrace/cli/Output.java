package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;

/**
 * Where a command says what it has found: text for a person, or the API's JSON as it came, one document a line.
 *
 * @param json whether it is to be JSON
 * @param terminal whether a person sees {@code err} as it is written
 */
record Output(PrintWriter out, PrintWriter err, boolean json, boolean terminal) {

    /** Back to the beginning of the line, and nothing left of what stood there. */
    private static final String AGAIN = "\r\u001b[2K";

    /** What does not fit on the line is cut off, since nothing goes back over a second one. */
    private static final String CUT = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    /** One thing: its fields, a line each. */
    void thing(JsonNode thing) {
        line(json ? thing.toString() : Table.of(thing));
    }

    /**
     * Many things, a row each.
     *
     * @param answer what the API said, which is what JSON shows
     * @param rows the things in it
     * @param fields what a person is shown of each
     */
    void things(JsonNode answer, Iterable<JsonNode> rows, List<String> fields) {
        line(json ? answer.toString() : Table.of(rows, fields));
    }

    /** What was done: in JSON the answer, else a sentence. */
    void done(JsonNode answer, String sentence) {
        line(json ? answer.toString() : sentence);
    }

    void line(String text) {
        out.println(text);
        // A PrintWriter throws nothing; and who goes on for nobody never ends.
        if (out.checkError()) {
            throw new Unwritten();
        }
    }

    /** Something beside the result, which a pipe is not to have. */
    void note(String text) {
        err.println(text);
        err.flush();
    }

    /** Writes over the line where the cursor is; the next call or {@link #endLine} writes over that. */
    void overLine(String text) {
        err.print(AGAIN + CUT + text + WRAP);
        err.flush();
    }

    void endLine() {
        err.print(AGAIN);
        err.flush();
    }
}
