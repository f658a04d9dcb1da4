package io.nbguard.api.schedule;

/** Whether a schedule fires. */
public enum ScheduleState {
    /** It fires when it is due. */
    ACTIVE,
    /** It does not fire; what comes due meanwhile is counted as {@link FireOutcome#PAUSED}, and not published as an event. */
    PAUSED,
    /** It will not fire again: past its end, or its trigger has no more fires or broke. */
    FINISHED
}
