/**
 * Schedules over HTTP: made, changed, paused, deleted, and what became of their ticks. They fire in the scheduler; to run
 * one now is a way to submit a job and stands with those, in {@link io.millrace.api.job}.
 */
@NullMarked
package io.millrace.api.schedule;

import org.jspecify.annotations.NullMarked;
