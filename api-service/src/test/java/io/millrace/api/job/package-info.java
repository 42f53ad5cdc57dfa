/** Tests of jobs over HTTP. */
@NullMarked
package io.millrace.api.job;

import org.jspecify.annotations.NullMarked;
