package io.nbguard.api.schedule;

/** What became of a fire of a schedule. */
public enum FireOutcome {
    /** An execution was started. */
    STARTED("started"),
    /** An execution was started on request, not because it was due. */
    RUN_NOW("started by hand"),
    /** The execution was refused, such as because its notebook is gone; the fire's message says why. */
    START_FAILED("could not be started"),
    /** It was noticed later than the misfire grace allows: the machine slept, or its clock jumped forwards. */
    TOO_LATE("too late"),
    /** One execution stood for several that had come due, and this fire is one of the others. */
    COALESCED("covered by a later one"),
    /** As many executions of the schedule as may be were under way. */
    MAX_INSTANCES("as many as may be were under way"),
    /** The schedule was paused. */
    PAUSED("the schedule was paused"),
    /** The guard was being closed. */
    GUARD_CLOSING("the guard was being closed"),
    /** It was due before the schedule's end, but noticed after it. */
    PAST_END("the schedule's end had passed"),
    /** The trigger broke: it threw, or went backwards. The schedule is finished. */
    TRIGGER_FAILED("the trigger broke");

    private final String text;

    FireOutcome(String text) {
        this.text = text;
    }

    /** Returns whether an execution was started. */
    public boolean started() {
        return this == STARTED || this == RUN_NOW;
    }

    /** Returns a few words for people. */
    public String text() {
        return text;
    }
}
