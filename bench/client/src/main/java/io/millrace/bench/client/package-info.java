/**
 * The bench's client: it speaks the driver's line protocol on standard input and output, and Millrace's HTTP API to the
 * system under test, as any user would. What it cannot learn over HTTP (how many jobs the store calls finished, what
 * PostgreSQL counted) it asks the database, as the rivals' clients do. Its own CPU time is part of the figures, so the
 * path of a submission is kept lean: plain sockets and streaming JSON.
 */
@NullMarked
package io.millrace.bench.client;

import org.jspecify.annotations.NullMarked;
