package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.CpuLimit;
import io.nbguard.api.resource.GpuRequest;
import io.nbguard.api.resource.IoLimit;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Limits as a JSON object: sizes in bytes, CPU time in cores, {@code "unlimited"} where no limit is asked for by name, and null
 * where a limit is not given.
 */
public final class LimitsJson {

    private static final String UNLIMITED = "unlimited";

    private LimitsJson() {}

    /** Returns limits as a JSON object. */
    public static String of(ResourceSpec limits) {
        return JsonText.object(json -> write(json, limits));
    }

    /** Writes the fields of limits into an object that is already begun. */
    public static void write(JsonGenerator json, ResourceSpec limits) throws IOException {
        size(json, "memoryBytes", limits, Resource.MEMORY, limits.memory());
        size(json, "memorySwapBytes", limits, Resource.MEMORY_SWAP, limits.memorySwap());
        JsonWriting.number(json, "swappiness", limits.swappiness());
        if (limits.unlimited().contains(Resource.CPU)) {
            json.writeStringField("cpus", UNLIMITED);
        } else {
            JsonWriting.real(json, "cpus", limits.cpu().map(CpuLimit::cores));
        }
        JsonWriting.whole(json, "cpuQuotaMicros", limits.cpu().map(CpuLimit::quotaMicros));
        JsonWriting.whole(json, "cpuPeriodMicros", limits.cpu().map(CpuLimit::periodMicros));
        JsonWriting.number(json, "cpuShares", limits.cpuShares());
        JsonWriting.text(json, "cpuset", limits.cpuset());
        whole(json, "pids", limits, Resource.PIDS, limits.pids());
        io(json, limits);
        size(json, "diskBytes", limits, Resource.DISK, limits.disk());
        gpus(json, limits.gpus());
        size(json, "gpuMemoryBytes", limits, Resource.GPU_MEMORY, limits.gpuMemory());
    }

    private static void size(
            JsonGenerator json, String name, ResourceSpec limits, Resource resource, Optional<ByteSize> size)
            throws IOException {
        whole(
                json,
                name,
                limits,
                resource,
                size.isPresent() ? OptionalLong.of(size.get().bytes()) : OptionalLong.empty());
    }

    private static void whole(
            JsonGenerator json, String name, ResourceSpec limits, Resource resource, OptionalLong value)
            throws IOException {
        if (limits.unlimited().contains(resource)) {
            json.writeStringField(name, UNLIMITED);
        } else if (value.isPresent()) {
            json.writeNumberField(name, value.getAsLong());
        } else {
            json.writeNullField(name);
        }
    }

    private static void io(JsonGenerator json, ResourceSpec limits) throws IOException {
        if (limits.io().isEmpty()) {
            json.writeNullField("io");
            return;
        }
        json.writeArrayFieldStart("io");
        for (IoLimit limit : limits.io()) {
            json.writeStartObject();
            json.writeStringField("device", limit.device());
            JsonWriting.whole(json, "readBytesPerSecond", limit.readBytes().map(ByteSize::bytes));
            JsonWriting.whole(json, "writeBytesPerSecond", limit.writeBytes().map(ByteSize::bytes));
            JsonWriting.whole(json, "readsPerSecond", boxed(limit.reads()));
            JsonWriting.whole(json, "writesPerSecond", boxed(limit.writes()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    /** Writes a number, the ids of the GPUs in a list, {@code "all"}, or null. */
    private static void gpus(JsonGenerator json, Optional<GpuRequest> gpus) throws IOException {
        if (gpus.isEmpty()) {
            json.writeNullField("gpus");
        } else if (gpus.get() instanceof GpuRequest.These these) {
            json.writeFieldName("gpus");
            JsonWriting.value(json, these.ids());
        } else if (gpus.get() instanceof GpuRequest.Any any) {
            json.writeNumberField("gpus", any.number());
        } else {
            json.writeStringField("gpus", "all");
        }
    }
}
