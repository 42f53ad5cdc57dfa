package io.millrace.bench.client;

/**
 * One of the bench's jobs: it notes its start and, if told so, fails its first attempt.
 *
 * @param phase which measured run it belongs to, as the driver named it
 * @param id its number within the phase
 */
record NoopJob(String phase, int id, boolean fail) {

    private static final String TASK = "bench.noop";

    /** A submission that the task's schema refuses: the phase is text. */
    static final String FORBIDDEN = "{\"task\":\"" + TASK + "\",\"args\":{\"phase\":{},\"id\":\"none\",\"fail\":7}}";

    /** The body of {@code POST /jobs}. A phase is letters and digits and needs no escaping. */
    String submission() {
        return "{\"task\":\"" + TASK + "\",\"args\":{\"phase\":\"" + phase + "\",\"id\":" + id + ",\"fail\":" + fail
                + "}}";
    }
}
