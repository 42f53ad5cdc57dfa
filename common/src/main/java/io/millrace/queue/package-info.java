/**
 * Queues, their lanes, and the hints that travel on them. Plain Java.
 */
@NullMarked
package io.millrace.queue;

import org.jspecify.annotations.NullMarked;
