package io.nbguard.api.resource;

/**
 * Names one device for as long as the machine is up, such as {@code GPU-4a2f…} or {@code MIG-91c0…}. Never an index, which may
 * change when a device is added or lost.
 *
 * @param value the driver's unique id of it
 */
public record DeviceId(String value) {

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if it is blank, or has a comma, white space or a control character
     */
    public DeviceId {
        ResourceChecks.deviceName(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
