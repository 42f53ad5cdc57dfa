/**
 * Callbacks are delivered: the database has made a job for each end that somebody wants to hear of; its task reads what
 * has ended, signs what it says by Standard Webhooks, and posts it to an address that callers have chosen, and that is
 * therefore not trusted.
 */
@NullMarked
package io.millrace.pack.webhook;

import org.jspecify.annotations.NullMarked;
