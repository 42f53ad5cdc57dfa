/** What every module's tests build upon: jobs as one would say them, and a real PostgreSQL. */
@NullMarked
package io.millrace.testing;

import org.jspecify.annotations.NullMarked;
