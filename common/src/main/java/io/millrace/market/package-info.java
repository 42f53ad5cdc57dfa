/**
 * The market index (the third of the five systems): an index is defined ({@link io.millrace.market.IndexDefinition}), its
 * level follows from prices day by day ({@link io.millrace.market.IndexCalculation}), and a stretch of levels is summed up
 * for a report ({@link io.millrace.market.IndexFacts}). All of it is decimal arithmetic over what it is told, the same to
 * the last digit whenever and wherever it is done; {@code docs/market.md} has the formulas.
 */
@NullMarked
package io.millrace.market;

import org.jspecify.annotations.NullMarked;
