/**
 * A kind of work as the API and the workers agree on it. Plain Java.
 */
@NullMarked
package io.millrace.task;

import org.jspecify.annotations.NullMarked;
