/**
 * The market over HTTP: prices that are told, indexes that are defined and looked at, and reports. What is computed is
 * computed by jobs, which are submitted elsewhere ({@code /background}).
 */
@NullMarked
package io.millrace.api.market;

import org.jspecify.annotations.NullMarked;
