package io.millrace.job;

/** A claim and what became of it: one row of a group commit. */
public record Settled(Claim claim, Transition transition) {}
