/**
 * Queues over HTTP.
 */
@NullMarked
package io.millrace.api.queue;

import org.jspecify.annotations.NullMarked;
