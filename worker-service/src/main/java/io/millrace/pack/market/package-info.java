/**
 * The tasks of the market index (the third of the five systems): prices are fetched, indexes computed, reports made, and
 * what is old forgotten. Each task fetches first, has the model in {@link io.millrace.market} decide, and then writes in one
 * transaction. {@code docs/market.md} tells the whole.
 */
@NullMarked
package io.millrace.pack.market;

import org.jspecify.annotations.NullMarked;
