/**
 * Language models are called: a stored configuration says whom and how, a provider knows how its HTTP API wants to be asked.
 * Credentials are known here alone, and get into nothing that is stored, told or logged.
 */
@NullMarked
package io.millrace.pack.llm;

import org.jspecify.annotations.NullMarked;
