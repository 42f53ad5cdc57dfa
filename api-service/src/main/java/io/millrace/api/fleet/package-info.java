/**
 * Workers over HTTP.
 */
@NullMarked
package io.millrace.api.fleet;

import org.jspecify.annotations.NullMarked;
