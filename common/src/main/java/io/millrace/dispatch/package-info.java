/**
 * The road from a committed row to a worker: Kafka topics (one a queue and lane) and the hints written to them.
 * Losing everything here loses no job; it only costs time until the scheduler's sweep writes the hints again.
 */
@NullMarked
package io.millrace.dispatch;

import org.jspecify.annotations.NullMarked;
