/** Pipeline monitoring (the second of the five systems): so far, anomalies in a series by z-score. */
@NullMarked
package io.millrace.pack.pipeline;

import org.jspecify.annotations.NullMarked;
