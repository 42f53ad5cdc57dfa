/**
 * Jobs over HTTP. A submission is read ({@link io.millrace.api.job.SubmissionReader}), completed with its task's
 * defaults and judged ({@link io.millrace.api.job.SubmissionRules}), and accepted: one by one through
 * {@link io.millrace.api.job.Submitter}, which lets concurrent requests share an insert, or in bulk. Only once its row is
 * committed is a job accepted; its hint follows at once.
 */
@NullMarked
package io.millrace.api.job;

import org.jspecify.annotations.NullMarked;
