package io.nbguard.cgroup.process;

import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.spi.process.LimitSupport;
import java.util.Map;

/** The limits that hold for a tree of processes without a cgroup of its own. */
final class ProcLimits {

    static final Map<Resource, Enforcement> ENFORCED =
            Map.of(Resource.MEMORY, Enforcement.soft("the watchdog, which ends it"));

    private ProcLimits() {}

    /**
     * Refuses limits that are not enforced.
     *
     * @throws io.nbguard.api.GuardException (UNSUPPORTED) if there is one
     */
    static void check(Allocation allocation) {
        LimitSupport.require(allocation, ENFORCED.keySet(), "a tracker of process trees");
    }
}
