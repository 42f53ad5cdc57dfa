/**
 * Documents are made from what they tell of, or held against it. The reference of the configuration is generated here,
 * with nothing but the JDK, so that {@code make docs} needs no build; the tests beside it read all other documents.
 */
@NullMarked
package io.millrace.docs;

import org.jspecify.annotations.NullMarked;
