/**
 * The door of the API. One filter before every route ({@link io.millrace.api.access.Door}) asks who is calling, what the
 * request needs, and whether the one covers the other; behind it, no route asks again. API keys, browser sessions and
 * tokens of an identity provider all become a {@code Caller}; what changes something is written into the audit log.
 */
@NullMarked
package io.millrace.api.access;

import org.jspecify.annotations.NullMarked;
