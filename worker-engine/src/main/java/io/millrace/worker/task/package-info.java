/**
 * What a user writes tasks with: {@link io.millrace.worker.task.Task} on a method, a
 * {@link io.millrace.worker.task.TaskContext} if it wants to know about its run, and exceptions with a meaning. Tasks are
 * found at build time; nothing is scanned or reflected upon when the worker runs.
 */
@NullMarked
package io.millrace.worker.task;

import org.jspecify.annotations.NullMarked;
