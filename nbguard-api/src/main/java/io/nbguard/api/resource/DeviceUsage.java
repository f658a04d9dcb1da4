package io.nbguard.api.resource;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import java.util.List;

/**
 * How much of a device is in use.
 *
 * @param device which
 * @param memory memory in use
 * @param busy the part of the last sample period in which it was busy, 0 to 1
 * @param temperatureCelsius its temperature in °C
 * @param powerWatts the power that it draws
 * @param processes the processes that hold memory of it, as the driver numbers them; which may be in another PID namespace
 */
public record DeviceUsage(
        DeviceId device,
        Reading<ByteSize> memory,
        Reading<Double> busy,
        Reading<Double> temperatureCelsius,
        Reading<Double> powerWatts,
        List<DeviceProcess> processes) {

    /**
     * A process that uses a device.
     *
     * @param pid its id, as the driver gives it: proves nothing about a process of this PID namespace
     * @param memory the memory of the device that it holds
     */
    public record DeviceProcess(long pid, Reading<ByteSize> memory) {}

    /** Keeps its own copy. */
    public DeviceUsage {
        processes = List.copyOf(processes);
    }
}
