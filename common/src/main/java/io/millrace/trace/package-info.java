/**
 * Traces across processes and across time: what a job's row carries of its trace, and the spans that are exported where a
 * collector is configured. A row keeps a W3C {@code traceparent} in the column of its trace id; whoever runs the job, however
 * much later, hangs its spans below it ({@code docs/decisions/0029-a-trace-travels-in-the-row.md}).
 */
@NullMarked
package io.millrace.trace;

import org.jspecify.annotations.NullMarked;
