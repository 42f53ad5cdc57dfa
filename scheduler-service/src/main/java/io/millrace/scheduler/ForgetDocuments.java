package io.millrace.scheduler;

import io.millrace.store.DocumentStore;
import io.millrace.store.FunctionStore;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Keeps documents, and what functions have returned, from piling up for ever. */
@Singleton
class ForgetDocuments implements Duty {

    /** Documents are megabytes, not bytes. */
    private static final int DOCUMENTS = 100;

    private static final int RESULTS = 1_000;
    private static final Duration REST = Duration.ofMinutes(10);

    private final DocumentStore documents;
    private final FunctionStore functions;
    private final SchedulerConfig config;

    ForgetDocuments(DocumentStore documents, FunctionStore functions, SchedulerConfig config) {
        this.documents = documents;
        this.functions = functions;
        this.config = config;
    }

    @Override
    public Done runOnce() {
        int gone = documents.forget(config.documentsKept(), DOCUMENTS);
        int results = functions.forget(config.functionResultsKept(), RESULTS);
        return new Done(gone + results, gone == DOCUMENTS || results == RESULTS ? Duration.ZERO : REST);
    }
}
