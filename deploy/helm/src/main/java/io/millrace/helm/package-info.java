/** Writes what of the Helm chart is made from something else: its table of values, and copies of rules and dashboards. */
@NullMarked
package io.millrace.helm;

import org.jspecify.annotations.NullMarked;
