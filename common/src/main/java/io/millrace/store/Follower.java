package io.millrace.store;

import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.job.JobState;
import io.millrace.queue.Hint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job of a batch that has become something else because of what became of others: it was released or cancelled because
 * one that it depended on has ended, or it runs again with its batch.
 *
 * @param state what it has become
 * @param why it was cancelled, null if it was not
 */
public record Follower(
        Hint hint,
        Subject subject,
        JobState state,
        @Nullable Instant dueAt,
        JobEvent.@Nullable Cause why) {}
