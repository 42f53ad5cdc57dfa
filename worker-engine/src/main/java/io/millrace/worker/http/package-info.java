/**
 * Calls of other systems over HTTP, as tasks make them: with time limits and a bounded answer, and with failures that say
 * whether and when another attempt makes sense. Whether it does is decided by {@link io.millrace.worker.http.HttpVerdict},
 * from the answer alone.
 */
@NullMarked
package io.millrace.worker.http;

import org.jspecify.annotations.NullMarked;
