package io.nbguard.spi.device;

import io.nbguard.api.resource.Device;
import io.nbguard.api.resource.DeviceId;
import io.nbguard.api.resource.DeviceUsage;
import java.util.List;

/**
 * An open device probe. Never called by the sampling thread; by one thread at a time, which is interrupted only when the guard is
 * closed while it does not return.
 *
 * <p>A call that does not return in two seconds is not waited for any longer, and no other is made before it has returned;
 * what the probe said last is shown meanwhile, and its usage as unavailable. That, and what it throws, is reported by a {@link
 * io.nbguard.api.event.GuardEvent.PluginMisbehaved}.
 */
public interface DeviceSession extends AutoCloseable {

    /** Returns the devices that there are now, each once; one that was lost is not among them. */
    List<Device> devices();

    /** Returns the use of the devices; one that has been lost since {@link #devices} may be left out. */
    List<DeviceUsage> sample();

    /**
     * Says what a process must be given to use these devices and no others. Changes nothing: the guard knows which execution
     * has which device.
     *
     * @param devices some of {@link #devices}; one or more, each once
     * @throws io.nbguard.api.GuardException (NOT_FOUND) if one is not there (any more)
     */
    DeviceReservation reserve(List<DeviceId> devices);

    /** Says for a person what is read: the driver, and its version. */
    String description();

    /** Lets go of every descriptor. */
    @Override
    void close();
}
