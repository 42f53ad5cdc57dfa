/**
 * Remote workflows: jobs that run on somebody else's HTTP API. This is what is known of them, and every decision about
 * them as a function of what is known and the time: what an answer to a submission, a poll or a cancellation means
 * ({@link io.millrace.workflow.SubmitDecision}, {@link io.millrace.workflow.PollDecision},
 * {@link io.millrace.workflow.CancelDecision}), and when to ask next ({@link io.millrace.workflow.PollPacing}).
 */
@NullMarked
package io.millrace.workflow;

import org.jspecify.annotations.NullMarked;
