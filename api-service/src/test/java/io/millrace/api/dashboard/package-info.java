@NullMarked
package io.millrace.api.dashboard;

import org.jspecify.annotations.NullMarked;
