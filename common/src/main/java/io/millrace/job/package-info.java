/**
 * What a job is and what can become of it: states, claims, outcomes, and the one place that decides what follows
 * from an outcome ({@link io.millrace.job.Settlement}). Plain Java: no SQL, no Kafka, no framework.
 */
@NullMarked
package io.millrace.job;

import org.jspecify.annotations.NullMarked;
