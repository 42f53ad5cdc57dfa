/**
 * The chart, rendered by Helm itself and held against what a reviewer would ask: every object is parsed into Kubernetes'
 * model, in which an unknown field is a mistake, and every rule is asked of every scenario.
 */
@NullMarked
package io.millrace.helm;

import org.jspecify.annotations.NullMarked;
