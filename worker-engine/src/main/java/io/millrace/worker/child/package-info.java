/**
 * Child processes for isolated runs. {@link io.millrace.worker.child.WorkerMain} decides first of all whether this process
 * is a worker or the child of one. The worker has a {@link io.millrace.worker.child.ChildPool} of
 * {@link io.millrace.worker.child.Child}ren, each of which runs one job at a time; a child has a
 * {@link io.millrace.worker.child.ParentLink}. They exchange {@link io.millrace.worker.child.Message}s over the child's
 * standard input and output. What a run becomes is decided in neither: a child ends it with an outcome, or is lost.
 */
@NullMarked
package io.millrace.worker.child;

import org.jspecify.annotations.NullMarked;
