/**
 * The bench's worker: Millrace's engine with one task of our own, as any user's worker would be. The task does nothing
 * but note that it has started, so that what is measured is Millrace.
 */
@NullMarked
package io.millrace.bench.worker;

import org.jspecify.annotations.NullMarked;
