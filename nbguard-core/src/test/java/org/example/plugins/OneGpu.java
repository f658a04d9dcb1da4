package org.example.plugins;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.resource.Device;
import io.nbguard.api.resource.DeviceId;
import io.nbguard.api.resource.DeviceUsage;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.device.DeviceReservation;
import io.nbguard.spi.device.DeviceSession;
import java.util.List;
import java.util.Map;

/** A proper third-party probe of a machine with one GPU. */
public final class OneGpu implements DeviceProbe {

    public static final Device GPU = new Device(
            new DeviceId("GPU-4a2f"), 0, "Model X", new Reading.Value<>(ByteSize.ofGibibytes(24), "the driver"));

    @Override
    public String name() {
        return "one-gpu";
    }

    @Override
    public DeviceSession open(PluginConfig configuration) {
        return new DeviceSession() {
            @Override
            public List<Device> devices() {
                return List.of(GPU);
            }

            @Override
            public List<DeviceUsage> sample() {
                return List.of();
            }

            @Override
            public DeviceReservation reserve(List<DeviceId> devices) {
                return new DeviceReservation(
                        devices,
                        Map.of("CUDA_VISIBLE_DEVICES", GPU.id().value()),
                        List.of(),
                        List.of(new DeviceReservation.Node("/dev/nvidia0", "rw")));
            }

            @Override
            public String description() {
                return "one GPU";
            }

            @Override
            public void close() {}
        };
    }
}
