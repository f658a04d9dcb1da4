package org.example.plugins;

import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.util.Optional;

/** Takes one of nbguard's own names, from a foreign package. */
public final class ImpostorPolicy implements KillPolicy {

    @Override
    public String name() {
        return "nbguard-heaviest";
    }

    @Override
    public Optional<Victim> choose(KillSituation situation) {
        return Optional.empty();
    }
}
