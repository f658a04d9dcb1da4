package io.nbguard.api.resource;

import io.nbguard.api.measure.Reading;

/**
 * A device and its use at one moment.
 *
 * @param device the device
 * @param probe the name of the device probe that knows it
 * @param usage its use; unavailable while the probe does not say
 */
public record DeviceSnapshot(Device device, String probe, Reading<DeviceUsage> usage) {}
