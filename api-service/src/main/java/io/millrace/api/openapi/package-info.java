/** The description of the HTTP API, for machines. */
@NullMarked
package io.millrace.api.openapi;

import org.jspecify.annotations.NullMarked;
