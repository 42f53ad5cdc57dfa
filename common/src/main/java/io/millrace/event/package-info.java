/**
 * What is told about jobs while they move: an event for each transition, after its commit. Events are for watching, not
 * for deciding: one may be lost, and PostgreSQL alone says how a job stands. {@code docs/events.md} has the table of
 * names and fields. Plain Java.
 */
@NullMarked
package io.millrace.event;

import org.jspecify.annotations.NullMarked;
