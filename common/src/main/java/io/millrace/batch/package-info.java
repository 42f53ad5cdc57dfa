/**
 * Batches: jobs that belong together and depend on each other without a cycle, so that chains, groups, chords, maps and
 * chunks are all the same. {@link io.millrace.batch.BatchGraph} says whether a graph is one,
 * {@link io.millrace.batch.Workflow} writes one down. What follows when a job ends is done by PostgreSQL, in the
 * transaction that ends it.
 */
@NullMarked
package io.millrace.batch;

import org.jspecify.annotations.NullMarked;
