/**
 * Running: a claim is executed to an outcome, the outcome is settled, the settlement is recorded with others.
 */
@NullMarked
package io.millrace.worker.run;

import org.jspecify.annotations.NullMarked;
