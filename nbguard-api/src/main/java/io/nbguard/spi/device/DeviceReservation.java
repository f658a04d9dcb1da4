package io.nbguard.spi.device;

import io.nbguard.api.resource.DeviceId;
import java.util.List;
import java.util.Map;

/**
 * What a process must be given to use devices.
 *
 * @param devices the devices
 * @param environment variables to set, such as {@code CUDA_VISIBLE_DEVICES}
 * @param mounts files and folders that a container needs
 * @param nodes device nodes that a container needs
 */
public record DeviceReservation(
        List<DeviceId> devices, Map<String, String> environment, List<Mount> mounts, List<Node> nodes) {

    /**
     * A file or folder of the machine in a container.
     *
     * @param source its absolute path on the machine
     * @param target its absolute path in the container
     * @param readOnly whether the container may only read it
     */
    public record Mount(String source, String target, boolean readOnly) {}

    /**
     * A device node of the machine in a container.
     *
     * @param path its absolute path, such as {@code /dev/nvidia0}, on the machine and in the container
     * @param access what the container may do: letters of {@code rwm}, as in a rule of the devices cgroup
     */
    public record Node(String path, String access) {}

    /** Keeps its own copies. */
    public DeviceReservation {
        devices = List.copyOf(devices);
        environment = Map.copyOf(environment);
        mounts = List.copyOf(mounts);
        nodes = List.copyOf(nodes);
    }
}
