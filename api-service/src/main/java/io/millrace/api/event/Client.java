package io.millrace.api.event;

/** The other end of a stream. */
interface Client {

    /** Whether nobody reads any more. */
    boolean gone();

    /** Breaks the connection. */
    void disconnect();
}
