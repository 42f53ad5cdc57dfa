@NullMarked
package io.millrace.scheduler.alert;

import org.jspecify.annotations.NullMarked;
