/**
 * Who is calling, for the routes that keep to the caller's project by themselves: those that submit and those that list.
 * Everything else is decided before a route is reached, in {@code api.access}.
 */
@NullMarked
package io.millrace.api.caller;

import org.jspecify.annotations.NullMarked;
