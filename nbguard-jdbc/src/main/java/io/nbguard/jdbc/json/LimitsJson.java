package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.CpuLimit;
import io.nbguard.api.resource.CpuSet;
import io.nbguard.api.resource.GpuRequest;
import io.nbguard.api.resource.IoLimit;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The limits of a request as JSON. */
final class LimitsJson {

    private static final String ALL = "all";

    /** The least that this version takes; earlier ones took less, and ended such a run at once. */
    private static final ByteSize LEAST_MEMORY = ByteSize.ofMebibytes(6);

    private LimitsJson() {}

    /** Puts the limits of a request into its object, if there are any. */
    static void put(ObjectNode request, ResourceSpec limits) {
        if (limits.equals(ResourceSpec.NONE)) {
            return;
        }
        ObjectNode node = request.putObject("limits");
        putSize(node, "memoryBytes", limits.memory());
        putSize(node, "memorySwapBytes", limits.memorySwap());
        Fields.put(node, "swappiness", limits.swappiness());
        limits.cpu().ifPresent(limit -> node.put("cpuQuotaMicros", limit.quotaMicros())
                .put("cpuPeriodMicros", limit.periodMicros()));
        Fields.put(node, "cpuShares", limits.cpuShares());
        Fields.put(node, "cpuset", limits.cpuset());
        limits.pids().ifPresent(most -> node.put("pids", most));
        if (!limits.io().isEmpty()) {
            ArrayNode devices = node.putArray("io");
            limits.io().forEach(limit -> devices.add(device(limit)));
        }
        putSize(node, "diskBytes", limits.disk());
        limits.gpus().ifPresent(gpus -> putGpus(node, gpus));
        putSize(node, "gpuMemoryBytes", limits.gpuMemory());
        if (!limits.unlimited().isEmpty()) {
            ArrayNode unlimited = node.putArray("unlimited");
            limits.unlimited().forEach(resource -> unlimited.add(resource.key()));
        }
    }

    private static void putSize(ObjectNode node, String name, Optional<ByteSize> size) {
        size.ifPresent(there -> node.put(name, there.bytes()));
    }

    private static ObjectNode device(IoLimit limit) {
        ObjectNode node = JsonForm.object().put("device", limit.device());
        putSize(node, "readBytesPerSecond", limit.readBytes());
        putSize(node, "writeBytesPerSecond", limit.writeBytes());
        limit.reads().ifPresent(rate -> node.put("readsPerSecond", rate));
        limit.writes().ifPresent(rate -> node.put("writesPerSecond", rate));
        return node;
    }

    private static void putGpus(ObjectNode node, GpuRequest gpus) {
        if (gpus instanceof GpuRequest.Any any) {
            node.put("gpus", any.number());
        } else if (gpus instanceof GpuRequest.These these) {
            ArrayNode ids = node.putArray("gpus");
            these.ids().forEach(ids::add);
        } else {
            node.put("gpus", ALL);
        }
    }

    /** Returns the limits in the object of a request, also of one that was written before 0.2. */
    static ResourceSpec of(JsonNode request) {
        JsonNode node = request.get("limits");
        if (node == null) {
            ResourceSpec.Builder limits = ResourceSpec.builder();
            size(request, "memoryBytes")
                    .map(size -> size.compareTo(LEAST_MEMORY) < 0 ? LEAST_MEMORY : size)
                    .ifPresent(limits::memory);
            return limits.build();
        }
        ResourceSpec.Builder limits = ResourceSpec.builder();
        size(node, "memoryBytes").ifPresent(limits::memory);
        size(node, "memorySwapBytes").ifPresent(limits::memorySwap);
        Fields.intIfThere(node, "swappiness").ifPresent(limits::swappiness);
        if (node.has("cpuQuotaMicros")) {
            limits.cpu(new CpuLimit(Fields.number(node, "cpuQuotaMicros"), Fields.number(node, "cpuPeriodMicros")));
        }
        Fields.intIfThere(node, "cpuShares").ifPresent(limits::cpuShares);
        Fields.ifThere(node, "cpuset", CpuSet::parse).ifPresent(limits::cpuset);
        number(node, "pids").ifPresent(limits::pids);
        if (node.has("io")) {
            limits.io(Fields.list(node, "io", LimitsJson::device));
        }
        size(node, "diskBytes").ifPresent(limits::disk);
        Optional.ofNullable(node.get("gpus")).map(LimitsJson::gpus).ifPresent(limits::gpus);
        size(node, "gpuMemoryBytes").ifPresent(limits::gpuMemory);
        node.path("unlimited").forEach(key -> limits.unlimited(resource(key.textValue())));
        return limits.build();
    }

    private static Optional<ByteSize> size(JsonNode node, String name) {
        OptionalLong bytes = number(node, name);
        return bytes.isPresent() ? Optional.of(ByteSize.ofBytes(bytes.getAsLong())) : Optional.empty();
    }

    private static OptionalLong number(JsonNode node, String name) {
        return node.has(name) ? OptionalLong.of(Fields.number(node, name)) : OptionalLong.empty();
    }

    private static IoLimit device(JsonNode node) {
        return new IoLimit(
                Fields.text(node, "device"),
                size(node, "readBytesPerSecond"),
                size(node, "writeBytesPerSecond"),
                number(node, "readsPerSecond"),
                number(node, "writesPerSecond"));
    }

    private static GpuRequest gpus(JsonNode node) {
        if (node.isArray()) {
            List<String> ids = new ArrayList<>();
            node.forEach(id -> ids.add(id.textValue()));
            return GpuRequest.these(ids);
        }
        return node.isTextual() ? GpuRequest.parse(node.textValue()) : GpuRequest.any(node.intValue());
    }

    private static Resource resource(String key) {
        return Stream.of(Resource.values())
                .filter(resource -> resource.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + key + "' is not a resource"));
    }
}
