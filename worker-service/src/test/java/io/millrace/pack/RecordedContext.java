package io.millrace.pack;

import io.millrace.worker.task.TaskContext;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A run of a task that is called by hand, and what it has told. */
public final class RecordedContext implements TaskContext {

    private final UUID id = UUID.randomUUID();
    private final List<String> progress = new CopyOnWriteArrayList<>();

    /** Such as {@code 3/20 answering}. */
    public List<String> progress() {
        return progress;
    }

    @Override
    public UUID jobId() {
        return id;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public int retries() {
        return 0;
    }

    @Override
    public @Nullable String traceId() {
        return null;
    }

    @Override
    public @Nullable String traceparent() {
        return null;
    }

    @Override
    public @Nullable String projectId() {
        return null;
    }

    @Override
    public void progress(long current, long total, String status) {
        progress.add(current + "/" + total + " " + status);
    }

    @Override
    public void progress(long current, long total, String status, String currentStep) {
        progress(current, total, status);
    }

    @Override
    public boolean cancelled() {
        return false;
    }

    @Override
    public void checkpoint() {}

    @Override
    public Logger log() {
        return Logger.getLogger(RecordedContext.class);
    }
}
