/**
 * Calls of language models over HTTP: configurations with versions, and calls that are answered at once with the id of the
 * job that makes them. What is called, and with which credentials, only workers know.
 */
@NullMarked
package io.millrace.api.llm;

import org.jspecify.annotations.NullMarked;
