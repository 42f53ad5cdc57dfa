package io.millrace.worker.fleet;

/** How this process ends when the worker itself wants it to: because it was asked to, or because it has served its time. */
public interface Departure {

    /**
     * Begins the end: the worker drains, as after SIGTERM, and the process ends with exit code 0. Returns at once; asking
     * again changes nothing.
     */
    void begin(String why);
}
