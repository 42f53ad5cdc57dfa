/**
 * How the arguments of a task are checked, wherever they come in: with a job, with a schedule.
 */
@NullMarked
package io.millrace.api.args;

import org.jspecify.annotations.NullMarked;
