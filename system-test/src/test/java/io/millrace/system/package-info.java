/**
 * The whole stack as a user has it: packaged, started by the launcher, driven over HTTP, and broken on purpose. {@link
 * io.millrace.system.Stack} is the one thing that these tests hold on to.
 */
@NullMarked
package io.millrace.system;

import org.jspecify.annotations.NullMarked;
