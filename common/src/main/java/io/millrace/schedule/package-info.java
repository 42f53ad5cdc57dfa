/**
 * What recurs: a {@link io.millrace.schedule.Schedule} names a task and a {@link io.millrace.schedule.Cadence}, and
 * {@link io.millrace.schedule.Firing} decides what becomes of the ticks that have come. Plain Java; the time is an
 * argument, and what a clock change does to a time of day is decided here
 * ({@code docs/decisions/0012-what-a-schedule-does-when-clocks-change-or-nobody-looked.md}).
 */
@NullMarked
package io.millrace.schedule;

import org.jspecify.annotations.NullMarked;
