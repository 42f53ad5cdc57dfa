/**
 * Pipeline monitoring (the second of the five systems): which of an execution's metrics are unusual
 * ({@link io.millrace.pipeline.Detection}), whose data are older than expected ({@link io.millrace.pipeline.Freshness}),
 * which executions take too long ({@link io.millrace.pipeline.Timeliness}), and what can be reached from what
 * ({@link io.millrace.pipeline.LineageGraph}). All of it is told the time and what is known, and answers.
 */
@NullMarked
package io.millrace.pipeline;

import org.jspecify.annotations.NullMarked;
