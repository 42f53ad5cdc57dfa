/**
 * The bodies of requests and how large they may be. One that announces too much is refused before it is read, one that
 * turns out too large while it is read.
 */
@NullMarked
package io.millrace.api.body;

import org.jspecify.annotations.NullMarked;
