/**
 * Who may do what. A credential becomes a {@link io.millrace.access.Caller}, a request a {@link io.millrace.access.Need};
 * the one either covers the other or does not. Plain Java: what is decided here is asked for at the door of the API, and
 * can be read and tested without it.
 */
@NullMarked
package io.millrace.access;

import org.jspecify.annotations.NullMarked;
