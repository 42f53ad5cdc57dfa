/**
 * For tests of tasks: an engine that submits, claims, runs, settles and retries on one thread, by a clock that the test
 * sets, without PostgreSQL and Kafka ({@link io.millrace.testkit.TestEngine}); a JUnit extension that makes one for each
 * test ({@link io.millrace.testkit.MillraceTest}); and one call for who wants no more than a task's result
 * ({@link io.millrace.testkit.Eager}). What is decided about a job is decided by the code that decides it in production
 * ({@code docs/decisions/0014-a-test-engine-without-a-container.md}).
 */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
