/**
 * Everything that goes wrong, told the same way: RFC 9457 {@code application/problem+json} with a stable code
 * ({@link io.millrace.api.problem.ProblemCode} lists them all). Whatever a route throws ends in one mapper; a path
 * that leads nowhere ends in {@link io.millrace.api.problem.EdgeRoutes}.
 */
@NullMarked
package io.millrace.api.problem;

import org.jspecify.annotations.NullMarked;
