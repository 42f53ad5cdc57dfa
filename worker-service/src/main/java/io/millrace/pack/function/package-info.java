/**
 * Functions that are run by name through two generic tasks, one for what somebody waits for and one for the rest. A
 * function is a bean that is known when the application is built; no name from outside ever becomes a class.
 */
@NullMarked
package io.millrace.pack.function;

import org.jspecify.annotations.NullMarked;
