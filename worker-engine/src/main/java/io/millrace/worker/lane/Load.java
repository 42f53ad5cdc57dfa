package io.millrace.worker.lane;

/**
 * How the slots of a worker stand at one moment.
 *
 * @param slots how many there shall be
 * @param used taken by runs and claims; more than there shall be while a pool shrinks
 * @param held hints in hand that wait for a slot
 * @param lanes lanes that had work when last asked and wait for a slot before they are asked again
 */
public record Load(int slots, int used, int held, int lanes) {

    /** Slots that are there: those that runs have yet to leave are among them. */
    public int inForce() {
        return Math.max(slots, used);
    }
}
