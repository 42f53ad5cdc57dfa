/** What the kit promises, and the example of {@code docs/testing.md}. */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
