package io.nbguard.spi.store;

/** What becomes of a {@link FireClaim}. */
public sealed interface FireAnswer {

    /** The guard that asked acts on the fires; no other will. */
    record Claimed() implements FireAnswer {}

    /**
     * Another guard has acted on the fires, or changed the schedule: nothing was written.
     *
     * @param schedule how it stands
     * @param claimed whether there is a claim on the same due time; otherwise only the schedule has changed, and the fire may
     *     still be claimed by its new state
     */
    record Overtaken(StoredSchedule schedule, boolean claimed) implements FireAnswer {}

    /** The schedule was removed by another guard: nothing was written. */
    record Removed() implements FireAnswer {}

    /**
     * As many executions of the schedule as may be are under way: nothing was written.
     *
     * @param elsewhere how many of them are other guards'
     */
    record Full(long elsewhere) implements FireAnswer {}
}
