/**
 * The HTTP side of Millrace. Each package beside this one is a feature and none imports another; what they share is how
 * a body is read ({@link io.millrace.api.body}), how a task's arguments are checked ({@link io.millrace.api.args}) and how they say that something is wrong
 * ({@link io.millrace.api.problem}).
 */
@NullMarked
package io.millrace.api;

import org.jspecify.annotations.NullMarked;
