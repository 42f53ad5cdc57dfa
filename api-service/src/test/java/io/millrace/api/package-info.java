/** Tests of the HTTP side against the real thing. */
@NullMarked
package io.millrace.api;

import org.jspecify.annotations.NullMarked;
