/**
 * Callbacks: whoever named an address is told that a job or a batch has ended. The database makes a callback, and a job
 * that delivers it, in the transaction of that end.
 */
@NullMarked
package io.millrace.callback;

import org.jspecify.annotations.NullMarked;
