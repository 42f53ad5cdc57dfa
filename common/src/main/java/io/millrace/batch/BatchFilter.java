package io.millrace.batch;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which batches a listing shows. An empty list or a null leaves that aspect open. */
public record BatchFilter(
        List<BatchStatus> statuses,
        @Nullable String name,
        @Nullable Instant createdAfter,
        @Nullable Instant createdBefore,
        @Nullable String project) {}
