@NullMarked
package io.millrace.api.event;

import org.jspecify.annotations.NullMarked;
