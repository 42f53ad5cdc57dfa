/** Callbacks over HTTP: how their delivery goes, and once more. */
@NullMarked
package io.millrace.api.callback;

import org.jspecify.annotations.NullMarked;
