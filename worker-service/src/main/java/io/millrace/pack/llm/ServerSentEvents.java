package io.millrace.pack.llm;

import java.util.ArrayList;
import java.util.List;

/** The data of server-sent events, as the two APIs send them: a line of JSON each. */
final class ServerSentEvents {

    private static final String DATA = "data:";
    /** What OpenAI ends a stream with, which is no JSON. */
    private static final String DONE = "[DONE]";

    private ServerSentEvents() {}

    /** The data of each event of a text, in their order. */
    static List<String> data(String text) {
        var data = new ArrayList<String>();
        for (String line : text.split("\r\n|\r|\n", -1)) {
            String said = line.startsWith(DATA) ? line.substring(DATA.length()).strip() : "";
            if (!said.isEmpty() && !said.equals(DONE)) {
                data.add(said);
            }
        }
        return data;
    }

    /** How many events end or begin in these bytes: a count for progress, which need not be exact. */
    static int count(byte[] part) {
        int events = 0;
        for (int i = 1; i < part.length; i++) {
            if (part[i] == '\n' && part[i - 1] == '\n') {
                events++;
            }
        }
        return events;
    }
}
