package io.millrace.alert;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something to be told to people. Whoever writes one need not mind its size: what is too long is cut off.
 *
 * @param source who tells it: {@value #QUEUE}, or the name of a pack
 * @param kind what it is about, such as {@code backlog}
 * @param severity of one that is cleared: how bad it had been
 * @param subject what is concerned: a queue, a pipeline. Messages of one source, kind and subject are delivered in order
 * @param title a headline
 * @param message a sentence
 * @param details what else there is to know, in the order in which it is shown
 * @param key told only once, whoever tells it how often; null if it is told each time
 */
public record AlertMessage(
        String source,
        String kind,
        Event event,
        Severity severity,
        String subject,
        String title,
        String message,
        List<Detail> details,
        @Nullable String key,
        Instant at) {

    /** The source of alerts about queues. */
    public static final String QUEUE = "queue";

    private static final int WORD = 200;
    private static final int SENTENCE = 2_000;
    private static final int MOST_DETAILS = 20;

    /** What has happened to what it is about. */
    public enum Event {
        /** It is wrong now, or worse than before. */
        RAISED,
        /** It is over. */
        CLEARED,
        /** It happened, and there is no end to wait for. */
        HAPPENED
    }

    /**
     * One thing to know.
     *
     * @param name for programs, in snake case
     * @param label for people
     * @param value a text, a number or a truth value
     */
    public record Detail(String name, String label, Object value) {
        public Detail {
            name = words(name, WORD);
            label = words(label, WORD);
            value = switch (value) {
                case Number number -> number;
                case Boolean bool -> bool;
                default -> words(value.toString(), WORD);
            };
        }
    }

    public AlertMessage {
        source = words(source, WORD);
        kind = words(kind, WORD);
        subject = words(subject, WORD);
        title = words(title, WORD);
        message = words(message, SENTENCE);
        details = List.copyOf(details.subList(0, Math.min(details.size(), MOST_DETAILS)));
    }

    /** Something that has happened and has no end. */
    public static AlertMessage happened(
            String source,
            String kind,
            Severity severity,
            String subject,
            String title,
            String message,
            List<Detail> details,
            Instant at) {
        return new AlertMessage(source, kind, Event.HAPPENED, severity, subject, title, message, details, null, at);
    }

    /** The same, told only once however often it is tried: a task that is run again tells it again. */
    public AlertMessage once(String onlyKey) {
        return new AlertMessage(source, kind, event, severity, subject, title, message, details, onlyKey, at);
    }

    /** On one line, since it may go to a log, and without what PostgreSQL cannot store. */
    private static String words(String text, int most) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        if (line.length() <= most) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(most - 2)) ? most - 2 : most - 1;
        return line.substring(0, end) + "…";
    }
}
