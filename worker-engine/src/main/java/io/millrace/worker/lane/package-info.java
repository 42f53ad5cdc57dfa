/**
 * Receiving: hints come from Kafka, slots are taken, jobs are claimed in PostgreSQL. The most urgent lane goes first.
 */
@NullMarked
package io.millrace.worker.lane;

import org.jspecify.annotations.NullMarked;
