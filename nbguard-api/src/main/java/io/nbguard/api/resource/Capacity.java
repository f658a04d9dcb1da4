package io.nbguard.api.resource;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import java.util.ArrayList;
import java.util.List;

/**
 * What there is to be given to executions: of a machine, or of what an engine has.
 *
 * @param memory bytes of memory
 * @param cores CPU time, in cores: 2.5 means two and a half CPUs all the time
 * @param cpus the CPUs that there are, by number
 * @param disk bytes of disk space
 * @param gpus the GPUs that there are
 */
public record Capacity(
        Reading<ByteSize> memory,
        Reading<Double> cores,
        Reading<CpuSet> cpus,
        Reading<ByteSize> disk,
        Reading<List<Device>> gpus) {

    /**
     * Says what of a spec can never be given here, even if nothing else runs. What is not known here is not compared.
     *
     * @return one sentence for each limit that does not fit, with both numbers; empty if all may fit
     */
    public List<String> shortfalls(ResourceSpec asked) {
        List<String> missing = new ArrayList<>();
        asked.memory().ifPresent(size -> memory.value()
                .filter(there -> size.compareTo(there) > 0)
                .ifPresent(there -> missing.add("memory of " + size.textBeside(there) + " is asked for, and there are "
                        + there.textBeside(size))));
        asked.cpu().ifPresent(limit -> cores.value()
                .filter(there -> limit.cores() > there)
                .ifPresent(there -> missing.add(limit + " are asked for, and there are " + there)));
        asked.cpuset().ifPresent(set -> cpus.value()
                .filter(there -> !there.containsAll(set))
                .ifPresent(there -> missing.add("the CPUs " + set + " are asked for, and there are " + there)));
        asked.disk().ifPresent(size -> disk.value()
                .filter(there -> size.compareTo(there) > 0)
                .ifPresent(there -> missing.add("disk space of " + size.textBeside(there)
                        + " is asked for, and there are " + there.textBeside(size))));
        gpus.value().ifPresent(there -> addGpus(asked, there, missing));
        return missing;
    }

    private static void addGpus(ResourceSpec asked, List<Device> there, List<String> missing) {
        GpuRequest request = asked.gpus().orElse(GpuRequest.NONE);
        List<Device> candidates = there;
        if (request instanceof GpuRequest.These these) {
            List<String> absent = these.ids().stream()
                    .filter(id -> there.stream().noneMatch(device -> device.isCalled(id)))
                    .toList();
            if (!absent.isEmpty()) {
                absent.forEach(id -> missing.add("GPU '" + id + "' is asked for, and there are "
                        + there.stream()
                                .map(device -> device.index() + " (" + device.id() + ")")
                                .toList()));
                return;
            }
            candidates = there.stream()
                    .filter(device -> these.ids().stream().anyMatch(device::isCalled))
                    .toList();
        }
        int number = request.count().orElse(there.size());
        // A device that does not say how much memory it has may have enough.
        long enough = candidates.stream()
                .filter(device -> asked.gpuMemory()
                        .flatMap(least -> device.memory().value().filter(has -> has.compareTo(least) < 0))
                        .isEmpty())
                .count();
        if (enough < number) {
            missing.add(number + " GPUs"
                    + asked.gpuMemory().map(size -> " with " + size + " each").orElse("")
                    + " are asked for, and there are " + enough);
        }
    }
}
