/**
 * Calls of language models: what is configured, and how a call stands. The calls themselves are made by jobs; a
 * configuration is a name with numbered versions that never change.
 */
@NullMarked
package io.millrace.llm;

import org.jspecify.annotations.NullMarked;
