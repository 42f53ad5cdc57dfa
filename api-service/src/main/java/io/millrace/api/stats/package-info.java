/**
 * How many jobs are where, over HTTP.
 */
@NullMarked
package io.millrace.api.stats;

import org.jspecify.annotations.NullMarked;
