package io.millrace.worker.http;

/** What became of a call to an address that was not trusted. */
public sealed interface Contact<T> {

    /** There was an answer. */
    record Answered<T>(T answer) implements Contact<T> {}

    /** There was none, for now: no such name, no connection, none in time. */
    record Silent<T>(String why) implements Contact<T> {}

    /** Nothing was sent, because it must not go there. */
    record Forbidden<T>(String why) implements Contact<T> {}
}
