/**
 * Limits on how often and how many jobs start, over the whole cluster: a task's, a queue's, a key's. Plain Java and
 * pure: what a limit allows follows from the starts it has seen and from the time. {@link io.millrace.store.LimitStore}
 * keeps the starts and asks.
 */
@NullMarked
package io.millrace.limit;

import org.jspecify.annotations.NullMarked;
