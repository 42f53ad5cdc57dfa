package io.millrace.job;

/** What becomes of a job's arguments when it is let run again. */
public sealed interface ArgsChange {

    /** They stay. */
    record Keep() implements ArgsChange {}

    /**
     * Others take their place.
     *
     * @param args an object as JSON text
     */
    record Replace(String args) implements ArgsChange {}

    /**
     * Some are set, the rest stays: each member takes the place of the one of its name.
     *
     * @param members an object as JSON text
     */
    record Patch(String members) implements ArgsChange {}
}
