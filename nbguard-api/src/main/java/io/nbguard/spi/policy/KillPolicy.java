package io.nbguard.spi.policy;

import io.nbguard.spi.Plugin;
import java.util.Optional;

/**
 * Chooses the execution to end. Pure: looks at nothing but the situation, changes nothing, takes microseconds; called while
 * memory runs out, one call at a time, on a thread that is this policy's own. Core has already left out those that must not
 * be chosen, and does the killing.
 *
 * <p>The answer is waited for until a deadline: 50 ms for all policies of a chain together, and no more than a quarter of the
 * time in which the memory that is left would be filled. A policy that is late is interrupted, the choice is made without
 * it, and it is not asked again for a minute, then for longer. One that throws, or names an execution that is no candidate, is
 * passed over. Each such fault is a {@link io.nbguard.api.event.GuardEvent.PluginMisbehaved}.
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
