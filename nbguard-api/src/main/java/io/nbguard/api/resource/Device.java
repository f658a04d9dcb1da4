package io.nbguard.api.resource;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;

/**
 * A device that executions can be given, such as a GPU or a slice of one.
 *
 * @param id its id, by which it is known everywhere
 * @param index its number in the driver's list, from 0; may change when a device is added or lost
 * @param name its model, for a person
 * @param memory the memory that it has
 */
public record Device(DeviceId id, int index, String name, Reading<ByteSize> memory) {

    /**
     * Checks the number and the name.
     *
     * @throws IllegalArgumentException if the number is negative, or the name is blank or more than one line
     */
    public Device {
        if (index < 0) {
            throw new IllegalArgumentException("the index of device " + id + " is " + index + ": expected 0 or more");
        }
        ResourceChecks.oneLine("the name of device " + id, name);
    }

    /** Returns whether {@code asked}, of a {@link GpuRequest}, means this device: its id or its index. */
    public boolean isCalled(String asked) {
        return asked.equals(id.value()) || asked.equals(Integer.toString(index));
    }
}
