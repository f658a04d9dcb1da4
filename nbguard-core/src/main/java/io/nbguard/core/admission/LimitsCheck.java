package io.nbguard.core.admission;

import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.spi.process.LimitSupport;
import io.nbguard.spi.process.TrackerSession;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Refuses a limit that nothing here enforces: the user would rely on it, and it would have no effect. */
final class LimitsCheck {

    private LimitsCheck() {}

    /**
     * Looks at the limits of a request.
     *
     * @throws GuardException (UNSUPPORTED) if one is not enforced: names it, and what is; (INVALID_REQUEST) if one names what
     *     this node does not have
     */
    static void check(ExecutionRequest request, OpenExecutor executor, TrackerSession tracker) {
        Set<Resource> enforced = EnumSet.noneOf(Resource.class);
        add(executor.capabilities().enforcement(), enforced);
        if (executor.isLocal()) {
            // The watchdog keeps the memory limit whatever the tracker does.
            enforced.add(Resource.MEMORY);
            add(tracker.enforcement(), enforced);
        }
        LimitSupport.require(
                Allocation.of(request.limits()),
                enforced,
                executor.isLocal() ? "this guard" : "executor " + executor.name());
        if (executor.isLocal()
                && tracker.enforcement().keySet().containsAll(request.limits().limited())) {
            tracker.check(Allocation.of(request.limits()));
        }
    }

    private static void add(Map<Resource, Enforcement> enforcement, Set<Resource> enforced) {
        enforcement.forEach((resource, how) -> {
            if (how.strength() != Enforcement.Strength.NONE) {
                enforced.add(resource);
            }
        });
    }
}
