package io.nbguard.spi;

import java.util.Optional;

/**
 * Decides who dies. Pure: looks at nothing but the situation, changes nothing, takes microseconds; called on the
 * sampling thread while memory runs out. Core has already left out whoever must not be chosen, and does the killing.
 */
public interface KillPolicy extends Plugin {

    /**
     * Chooses a victim.
     *
     * @return one of {@code situation.candidates()}, or nothing if this policy has no opinion: then the next policy of
     *     the chain is asked, and after the last one the heaviest is taken
     */
    Optional<Victim> choose(KillSituation situation);
}
