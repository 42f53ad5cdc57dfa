@NullMarked
package io.millrace.market;

import org.jspecify.annotations.NullMarked;
