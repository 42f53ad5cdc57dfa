/** The recovery check of remote workflows (the first of the five systems), over all jobs and batches there are. */
@NullMarked
package io.millrace.pack.recovery;

import org.jspecify.annotations.NullMarked;
