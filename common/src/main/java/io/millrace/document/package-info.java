/** Documents: what they are, and into what they are transformed. */
@NullMarked
package io.millrace.document;

import org.jspecify.annotations.NullMarked;
