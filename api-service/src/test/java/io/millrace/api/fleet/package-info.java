/** What may be asked of a worker, without HTTP. */
@NullMarked
package io.millrace.api.fleet;

import org.jspecify.annotations.NullMarked;
