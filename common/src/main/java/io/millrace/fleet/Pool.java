package io.millrace.fleet;

/**
 * A worker's slots and what is in them.
 *
 * @param concurrency slots there are; while a pool shrinks, those that runs have not left yet are among them
 * @param range between which bounds it moves by itself
 * @param running jobs that run
 * @param reserved hints in hand that wait for a slot
 * @param stuck threads of runs that were settled without them and that do not end
 */
public record Pool(int concurrency, SlotRange range, int running, int reserved, int stuck) {}
