/**
 * Alerts: when one is raised and when it is cleared, and what is told. Decisions about queues are pure functions of what
 * was measured and of a time ({@link io.millrace.alert.Escalation}); anybody else has alerts told by
 * {@code AlertStore.tell}.
 */
@NullMarked
package io.millrace.alert;

import org.jspecify.annotations.NullMarked;
