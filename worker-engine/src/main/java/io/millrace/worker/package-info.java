/** The engine of a worker: what a user's own worker depends on to run tasks. */
@NullMarked
package io.millrace.worker;

import org.jspecify.annotations.NullMarked;
