package io.nbguard.cgroup.process;

import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import java.util.Map;

/** What is enforced on process trees. */
final class TreeLimits {

    /** The name of the tracker, for messages. */
    static final String TRACKER = "nbguard-procfs";

    static final Map<Resource, Enforcement> ENFORCED =
            Map.of(Resource.MEMORY, Enforcement.soft("the watchdog, which ends it"));

    private TreeLimits() {}

    /**
     * Refuses limits that are not enforced on process trees.
     *
     * @throws io.nbguard.api.GuardException (UNSUPPORTED) if there is one
     */
    static void check(Allocation allocation) {
        allocation.requireOnly(ENFORCED.keySet(), "the process tracker " + TRACKER);
    }
}
