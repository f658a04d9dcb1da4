package io.nbguard.core;

/** What becomes of executions that have not ended when their guard is closed. Nothing of them survives it either way. */
public enum CloseAction {
    /** Kill them now. */
    STOP_IMMEDIATELY,
    /** Interrupt, terminate, then kill them, with the guard's grace between. */
    STOP_GRACEFULLY,
    /**
     * Let all that were accepted run to their end, those in the queue too, however long that takes. Interrupting the
     * closing thread stops them immediately.
     */
    WAIT
}
