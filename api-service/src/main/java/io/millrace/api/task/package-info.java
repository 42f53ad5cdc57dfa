/**
 * The kinds of work there are, over HTTP.
 */
@NullMarked
package io.millrace.api.task;

import org.jspecify.annotations.NullMarked;
