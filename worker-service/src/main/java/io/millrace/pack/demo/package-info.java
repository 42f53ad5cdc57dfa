/** Tasks for trying, testing and measuring Millrace. */
@NullMarked
package io.millrace.pack.demo;

import org.jspecify.annotations.NullMarked;
