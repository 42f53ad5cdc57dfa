/**
 * Remote workflows over HTTP. A batch is committed with everything that has to happen to its jobs; the remote side itself
 * is only ever asked by workers, so nothing here waits for it.
 */
@NullMarked
package io.millrace.api.workflow;

import org.jspecify.annotations.NullMarked;
