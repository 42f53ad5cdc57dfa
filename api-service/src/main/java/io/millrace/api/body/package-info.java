/**
 * What is read from a request and how an answer is cut. Bodies are bounded: one that announces too much is refused before
 * it is read, one that turns out too large while it is read. Listings come in pages with a cursor.
 */
@NullMarked
package io.millrace.api.body;

import org.jspecify.annotations.NullMarked;
