/**
 * Finding what has fallen between two stools, and mending it: lost hints, jobs of lost workers, runs beyond their time
 * limit, batches whose counters disagree with their jobs. The scheduler does each on its own clock; the recovery check
 * does all of it at once and says what it found.
 */
@NullMarked
package io.millrace.recovery;

import org.jspecify.annotations.NullMarked;
