/** Alerts over HTTP. */
@NullMarked
package io.millrace.api.alert;

import org.jspecify.annotations.NullMarked;
