package org.example.plugins;

import io.nbguard.spi.KillPolicy;
import io.nbguard.spi.KillSituation;
import io.nbguard.spi.Victim;
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
