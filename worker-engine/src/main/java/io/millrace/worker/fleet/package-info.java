/**
 * This process as a member of the fleet: its identity, its signs of life, its orderly end.
 */
@NullMarked
package io.millrace.worker.fleet;

import org.jspecify.annotations.NullMarked;
