package io.millrace.worker.run;

/** What a task returned has more bytes than a result may have. Another attempt would have as many. */
final class ResultTooLarge extends Exception {
    private static final long serialVersionUID = 1L;

    ResultTooLarge(long maxBytes) {
        super("the result has more than " + maxBytes
                + " bytes (millrace.result.max-size); store it elsewhere and return" + " where it is");
    }
}
