package io.millrace.event;

import io.millrace.job.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as JSON, one a line. By hand, because tens of thousands are written a second; not for use by several
 * threads at once.
 */
public final class EventWriter {

    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder text = new StringBuilder(64 * 1024);
    private long second = Long.MIN_VALUE;
    private String secondText = "";

    /** Adds an event, and ends its line. */
    public EventWriter write(JobEvent event) {
        Subject subject = event.subject();
        text.append("{\"event\":\"").append(event.kind().wireName());
        text.append("\",\"job_id\":\"").append(subject.jobId()).append('"');
        field("task", subject.task());
        field("queue", subject.queue());
        text.append(",\"state\":\"").append(event.state().name()).append('"');
        time("at", event.at());
        text.append(",\"attempt\":").append(subject.attempt());
        field("worker", event.worker());
        UUID batchId = subject.batchId();
        if (batchId != null) {
            text.append(",\"batch_id\":\"").append(batchId).append('"');
        }
        field("project_id", subject.projectId());
        JobEvent.Cause error = event.error();
        if (error != null) {
            text.append(",\"error\":{\"code\":");
            string(error.code());
            field("exc_type", error.excType());
            field("exc_message", error.excMessage());
            text.append('}');
        }
        if (event.progress() != null) {
            text.append(",\"progress\":").append(event.progress());
        }
        time(event.state() == JobState.RETRY ? "next_retry_at" : "due_at", event.dueAt());
        text.append("}\n");
        return this;
    }

    /** How much has been written, about in bytes. */
    public int length() {
        return text.length();
    }

    /** What has been written, in UTF-8; the writer begins anew. */
    public byte[] take() {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        text.setLength(0);
        return bytes;
    }

    private void field(String name, @Nullable String value) {
        if (value != null) {
            text.append(",\"").append(name).append("\":");
            string(value);
        }
    }

    private void string(String value) {
        text.append('"');
        int from = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                text.append(value, from, i);
                from = i + 1;
                if (c < ' ') {
                    text.append("\\u").append(HEX.toHexDigits(c));
                } else {
                    text.append('\\').append(c);
                }
            }
        }
        text.append(value, from, value.length()).append('"');
    }

    private void time(String name, @Nullable Instant time) {
        if (time == null) {
            return;
        }
        // Most events of a second share all but its thousandths, and formatting a time costs more than all the rest.
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            String whole = Instant.ofEpochSecond(second).toString();
            secondText = whole.substring(0, whole.length() - 1);
        }
        int millis = time.getNano() / 1_000_000;
        text.append(",\"").append(name).append("\":\"").append(secondText).append('.');
        text.append((char) ('0' + millis / 100));
        text.append((char) ('0' + millis / 10 % 10));
        text.append((char) ('0' + millis % 10));
        text.append("Z\"");
    }
}
