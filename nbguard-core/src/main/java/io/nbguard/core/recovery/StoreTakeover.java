package io.nbguard.core.recovery;

import java.io.IOException;

/** Makes one execution of a dead guard this guard's, in the history store that guards share. */
public interface StoreTakeover {

    /**
     * Takes it.
     *
     * @return whether it is this guard's; false if another guard has it, or it has ended
     * @throws IOException if that is not known: it is asked again later
     */
    boolean take() throws IOException;

    /**
     * Leaves what was taken to any other guard.
     *
     * @throws IOException if that is not known
     */
    void giveBack() throws IOException;
}
