/**
 * The workers that are there, and what they report. Plain Java.
 */
@NullMarked
package io.millrace.fleet;

import org.jspecify.annotations.NullMarked;
