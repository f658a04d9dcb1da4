package org.example.plugins;

import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.util.Optional;

/** A proper third-party policy. */
public class GentlePolicy implements KillPolicy {

    @Override
    public String name() {
        return "gentle";
    }

    @Override
    public Optional<Victim> choose(KillSituation situation) {
        return Optional.empty();
    }

    /** Another of the same name. */
    public static final class Twin extends GentlePolicy {}

    /** Cannot be made. */
    public static final class Failing extends GentlePolicy {
        public Failing() {
            throw new IllegalStateException("no licence found");
        }
    }

    /** Has a name that cannot be typed. */
    public static final class Misnamed extends GentlePolicy {
        @Override
        public String name() {
            return "Gentle Policy!";
        }
    }

    /** Has no name. */
    public static final class Nameless extends GentlePolicy {
        @Override
        public String name() {
            return null;
        }
    }

    /** Needs a class that is not there. */
    public static final class Unlinked extends GentlePolicy {
        @Override
        public String name() {
            throw new NoClassDefFoundError("com/example/Missing");
        }
    }
}
