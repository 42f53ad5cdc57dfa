package io.millrace.store;

import io.millrace.event.Subject;
import io.millrace.queue.Hint;

/** A job that waits for a worker from now on: the hint to write for it, and whom its event is about. */
public record Dispatched(Hint hint, Subject subject) {}
