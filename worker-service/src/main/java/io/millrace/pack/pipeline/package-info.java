/**
 * The tasks of pipeline monitoring (the second of the five systems): each asks the stores, has the model in
 * {@link io.millrace.pipeline} decide, and writes down what it said. {@code docs/pipelines.md} tells the whole.
 */
@NullMarked
package io.millrace.pack.pipeline;

import org.jspecify.annotations.NullMarked;
