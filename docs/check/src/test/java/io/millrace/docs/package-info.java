/** Each document that says what the code is like is held against the code here. */
@NullMarked
package io.millrace.docs;

import org.jspecify.annotations.NullMarked;
