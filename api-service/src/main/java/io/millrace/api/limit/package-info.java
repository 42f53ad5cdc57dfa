/**
 * Limits over HTTP: those of keys have routes of their own, those of queues and tasks are changed where queues and tasks
 * are.
 */
@NullMarked
package io.millrace.api.limit;

import org.jspecify.annotations.NullMarked;
