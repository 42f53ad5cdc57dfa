/**
 * Everything that happens on a clock. {@link io.millrace.scheduler.Duties} lists it all. Any number of replicas run
 * side by side, all active: rows are taken with SKIP LOCKED or written with a fence, so no leader is needed.
 */
@NullMarked
package io.millrace.scheduler;

import org.jspecify.annotations.NullMarked;
