package io.nbguard.api.resource;

import java.util.HashSet;
import java.util.List;

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
}
