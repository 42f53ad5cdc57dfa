/**
 * The only place with SQL. Statements are whole text blocks beside the method that runs them, and every method
 * blocks the calling virtual thread for at most the configured time.
 */
@NullMarked
package io.millrace.store;

import org.jspecify.annotations.NullMarked;
