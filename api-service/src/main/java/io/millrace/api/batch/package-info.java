/**
 * Batches over HTTP. A request is read one job at a time ({@link io.millrace.api.batch.BatchReader}), each is admitted as
 * a submission is, and the graph is checked; then all of it is committed at once, or nothing.
 */
@NullMarked
package io.millrace.api.batch;

import org.jspecify.annotations.NullMarked;
