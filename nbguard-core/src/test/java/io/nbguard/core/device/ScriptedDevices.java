package io.nbguard.core.device;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.resource.Device;
import io.nbguard.api.resource.DeviceId;
import io.nbguard.api.resource.DeviceUsage;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.device.DeviceReservation;
import io.nbguard.spi.device.DeviceSession;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A device probe that does what the test says: also what no probe should do. */
final class ScriptedDevices implements DeviceProbe {

    final List<Device> present = new CopyOnWriteArrayList<>();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger sampled = new AtomicInteger();
    volatile @Nullable UnavailableException refusal;
    volatile @Nullable RuntimeException failure;

    /** While this is there, a sample waits for it, whatever interrupts it. */
    volatile @Nullable CountDownLatch hang;

    private final String name;

    ScriptedDevices(String name) {
        this.name = name;
    }

    /** Adds a device. */
    Device plugIn(String id) {
        Device device = new Device(
                new DeviceId(id),
                present.size(),
                "Model X",
                new Reading.Value<>(ByteSize.ofGibibytes(24), "the driver of the test"));
        present.add(device);
        return device;
    }

    /** Makes its samples hang from now on, until the latch is released. */
    CountDownLatch hangs() {
        CountDownLatch latch = new CountDownLatch(1);
        hang = latch;
        return latch;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DeviceSession open(PluginConfig configuration) throws UnavailableException {
        UnavailableException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        opened.incrementAndGet();
        return new Session();
    }

    private final class Session implements DeviceSession {

        @Override
        public List<Device> devices() {
            RuntimeException thrown = failure;
            if (thrown != null) {
                throw thrown;
            }
            return List.copyOf(present);
        }

        @Override
        public List<DeviceUsage> sample() {
            sampled.incrementAndGet();
            CountDownLatch latch = hang;
            while (latch != null && latch.getCount() > 0) {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    // A call into a driver does not notice.
                }
            }
            return present.stream()
                    .map(device -> new DeviceUsage(
                            device.id(),
                            new Reading.Value<>(ByteSize.ofGibibytes(1), "the driver of the test"),
                            new Reading.Value<>(0.5, "the driver of the test"),
                            new Reading.Unavailable<>("not supported", "the driver of the test"),
                            new Reading.Unavailable<>("not supported", "the driver of the test"),
                            List.of()))
                    .toList();
        }

        @Override
        public DeviceReservation reserve(List<DeviceId> devices) {
            return new DeviceReservation(devices, Map.of(), List.of(), List.of());
        }

        @Override
        public String description() {
            return "devices of the test";
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
