/** The one clock that decisions are given their time from; tests set another. */
@NullMarked
package io.millrace.clock;

import org.jspecify.annotations.NullMarked;
