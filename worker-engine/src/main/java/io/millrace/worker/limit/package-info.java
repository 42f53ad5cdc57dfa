/**
 * Limits as a worker meets them: which are in force, claims that respect them, and jobs that may start because one of
 * its own has ended.
 */
@NullMarked
package io.millrace.worker.limit;

import org.jspecify.annotations.NullMarked;
