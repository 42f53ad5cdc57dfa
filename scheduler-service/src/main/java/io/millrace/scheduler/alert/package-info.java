/**
 * What schedulers are told about alerts, and the ways out: from where on a queue is how badly off, and which channels
 * hear of it.
 */
@NullMarked
package io.millrace.scheduler.alert;

import org.jspecify.annotations.NullMarked;
