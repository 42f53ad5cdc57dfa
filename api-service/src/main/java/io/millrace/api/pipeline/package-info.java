/**
 * Pipeline monitoring over HTTP: pipelines, their executions, the anomalies in these, and lineage between addresses.
 * Nothing is computed here; what follows from a request is a job, submitted in the transaction that writes it down.
 */
@NullMarked
package io.millrace.api.pipeline;

import org.jspecify.annotations.NullMarked;
