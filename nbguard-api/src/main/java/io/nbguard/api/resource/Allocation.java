package io.nbguard.api.resource;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an execution was given: the limits that hold for it, and the devices that are its own. It may differ from what was
 * asked, and change while the execution runs.
 *
 * @param limits the limits that hold; a resource without one is not bounded for this execution alone
 * @param devices the devices that no other execution has; empty if it has none, or an engine elsewhere chooses them
 */
public record Allocation(ResourceSpec limits, List<DeviceId> devices) {

    /** No limit and no device. */
    public static final Allocation NONE = new Allocation(ResourceSpec.NONE, List.of());

    /**
     * Checks the devices.
     *
     * @throws IllegalArgumentException if one is there twice
     */
    public Allocation {
        devices = List.copyOf(devices);
        if (new HashSet<>(devices).size() != devices.size()) {
            throw new IllegalArgumentException("a device is given twice: expected each once in " + devices);
        }
    }

    /** Returns limits without devices. */
    public static Allocation of(ResourceSpec limits) {
        return new Allocation(limits, List.of());
    }

    /**
     * Refuses limits that cannot be kept, so that none is dropped in silence.
     *
     * @param possible the resources that can be limited
     * @param who who limits them, for the message, such as {@code the process tracker nbguard-cgroup}
     * @throws GuardException (UNSUPPORTED) if there is a limit on another one: names them
     */
    public void requireOnly(Set<Resource> possible, String who) {
        Set<Resource> beyond = EnumSet.noneOf(Resource.class);
        beyond.addAll(limits.limited());
        beyond.removeAll(possible);
        if (!beyond.isEmpty()) {
            throw new GuardException(
                    ErrorCode.UNSUPPORTED,
                    who + " cannot limit " + keys(beyond) + ": it can limit "
                            + (possible.isEmpty() ? "nothing" : keys(possible)) + "; leave out the rest of (" + limits
                            + ")");
        }
    }

    private static String keys(Set<Resource> resources) {
        return String.join(", ", resources.stream().sorted().map(Resource::key).toList());
    }
}
