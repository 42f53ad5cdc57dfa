/** Tests of traces, and what other modules need for theirs. */
@NullMarked
package io.millrace.trace;

import org.jspecify.annotations.NullMarked;
