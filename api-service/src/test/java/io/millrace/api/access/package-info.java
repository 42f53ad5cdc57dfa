@NullMarked
package io.millrace.api.access;

import org.jspecify.annotations.NullMarked;
