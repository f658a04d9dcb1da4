package io.nbguard.jdbc;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.api.resource.CpuLimit;
import io.nbguard.api.resource.CpuSet;
import io.nbguard.api.resource.GpuRequest;
import io.nbguard.api.resource.IoLimit;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.CandidateUsage;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;

/** Makes values of every shape there is, the same for the same seed. */
public final class Samples {

    private static final String[] TEXTS = {
        "a", "日本語", "𝄞 clef", "line\nbreak", "tab\tquote\"back\\slash", "nul\0here", "lone \ud800 surrogate",
        "\udc00", "'; DROP TABLE x; --", "", " ", "${prefix}", "\u2028\u2029", "é\u0301"
    };
    private static final Object[] NUMBERS = {
        0,
        -1,
        Integer.MAX_VALUE,
        0L,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        5L,
        0.0,
        -0.0,
        0.1,
        1e300,
        Double.MIN_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1.5f,
        Float.NaN,
        -0.0f,
        (short) 7,
        (byte) -7,
        new BigInteger("9".repeat(40)),
        new BigDecimal("1.50"),
        new BigDecimal("1E+400"),
        new BigDecimal("-0.0")
    };

    private final Random random;

    /** Makes a source of values. */
    public Samples(long seed) {
        random = new Random(seed);
    }

    /** Returns an execution that may be in any state. */
    public StoredExecution execution() {
        ExecutionRequest request = request();
        return new StoredExecution(
                record(request), request, maybe(() -> "guard-" + random.nextInt()), maybe(this::handle));
    }

    private ExecutionHandle handle() {
        Map<String, String> state = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            state.put("part-" + random.nextInt(9), text());
        }
        return new ExecutionHandle("executor-" + random.nextInt(3), 1 + random.nextInt(3), state);
    }

    private EngineReport engine() {
        return new EngineReport(
                text(),
                maybe(this::text),
                maybe(() -> one(EngineReport.End.values())),
                maybe(this::text),
                maybe(this::time),
                random.nextInt(),
                maybe(this::bytes),
                maybeInt());
    }

    private ExecutionRecord record(ExecutionRequest request) {
        ExecutionState state = one(ExecutionState.values());
        return new ExecutionRecord(
                ExecutionId.random(),
                request.notebook(),
                request.owner(),
                request.schedule(),
                maybe(this::text),
                new ExecutionLifecycle(state, maybe(this::text), time(), maybe(this::time), maybe(this::time)),
                progress(),
                new UsageTotals(maybe(this::bytes), maybe(() -> CpuTime.ofNanos(random.nextLong(Long.MAX_VALUE)))),
                new ExecutionOutcome(
                        maybe(() -> one(EndReason.values())),
                        maybe(this::text),
                        maybeInt(),
                        maybe(this::path),
                        maybe(this::scenario),
                        maybe(this::engine)));
    }

    private KillScenario scenario() {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            candidates.add(new Candidate(
                    ExecutionId.random(),
                    text(),
                    new CandidateUsage(
                            bytes(),
                            bytes(),
                            random.nextBoolean() ? Double.NaN : random.nextGaussian() * 1e9,
                            random.nextBoolean() ? Double.POSITIVE_INFINITY : random.nextDouble(),
                            CpuTime.ofNanos(random.nextLong(Long.MAX_VALUE))),
                    Duration.ofNanos(random.nextLong()),
                    random.nextInt(),
                    progress(),
                    random.nextBoolean()));
        }
        return new KillScenario(
                time(),
                one(KillScenario.Cause.values()),
                bytes(),
                bytes(),
                bytes(),
                bytes(),
                text(),
                text(),
                ExecutionId.random(),
                candidates,
                random.nextBoolean());
    }

    private ResourceSpec limits() {
        ResourceSpec.Builder builder = ResourceSpec.builder();
        maybe(() -> random.nextLong(6 << 20, Long.MAX_VALUE / 2)).ifPresent(memory -> {
            builder.memory(ByteSize.ofBytes(memory));
            maybe(() -> random.nextLong(memory, Long.MAX_VALUE))
                    .ifPresent(both -> builder.memorySwap(ByteSize.ofBytes(both)));
        });
        maybe(() -> random.nextInt(101)).ifPresent(builder::swappiness);
        maybe(() -> new CpuLimit(random.nextLong(1_000, 8_000_000), random.nextLong(1_000, 1_000_000)))
                .ifPresent(builder::cpu);
        maybe(() -> random.nextInt(2, 262_145)).ifPresent(builder::cpuShares);
        maybe(() -> CpuSet.parse(one("0", "0-3,8", "8191"))).ifPresent(builder::cpuset);
        maybe(() -> random.nextLong(1, Long.MAX_VALUE)).ifPresent(builder::pids);
        maybe(() -> List.of(ioLimit("/dev/sda"), ioLimit("/dev/日本"))).ifPresent(builder::io);
        maybe(() -> ByteSize.ofBytes(random.nextLong(1, Long.MAX_VALUE))).ifPresent(builder::disk);
        maybe(() -> one(GpuRequest.ALL, GpuRequest.any(3), GpuRequest.these(List.of("0", "GPU-4a2f"))))
                .ifPresent(builder::gpus);
        maybe(() -> ByteSize.ofBytes(random.nextLong(1, Long.MAX_VALUE))).ifPresent(builder::gpuMemory);
        maybe(() -> one(Resource.MEMORY_SWAP, Resource.CPU, Resource.PIDS, Resource.DISK, Resource.GPU_MEMORY))
                .ifPresent(builder::unlimited);
        return builder.build();
    }

    private IoLimit ioLimit(String device) {
        return new IoLimit(
                device,
                maybe(() -> ByteSize.ofBytes(random.nextLong(1, Long.MAX_VALUE))),
                Optional.of(ByteSize.ofBytes(random.nextLong(1, Long.MAX_VALUE))),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong(1, Long.MAX_VALUE)),
                OptionalLong.empty());
    }

    /** Returns a request that may use everything there is. */
    public ExecutionRequest request() {
        ExecutionRequest.Builder builder =
                ExecutionRequest.of("reports/" + one("daily", "日本", "with space", "x".repeat(900)) + ".ipynb");
        for (int i = random.nextInt(6); i > 0; i--) {
            builder.parameter("p" + random.nextInt(100), parameter(0));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            builder.environment("E" + i + one("", "\ud800"), text().replace("\0", ""));
        }
        maybe(this::path).ifPresent(builder::workingDirectory);
        maybe(this::path).ifPresent(builder::python);
        maybe(this::line).ifPresent(builder::kernel);
        maybe(this::path).ifPresent(builder::output);
        maybe(this::line).ifPresent(builder::owner);
        for (int i = random.nextInt(4); i > 0; i--) {
            builder.tag(line() + i);
        }
        builder.priority(random.nextInt());
        builder.allowUnknownParameters(random.nextBoolean());
        maybe(this::limits).ifPresent(builder::limits);
        maybe(() -> Duration.ofNanos(random.nextLong(1, Long.MAX_VALUE))).ifPresent(builder::timeout);
        ExecutionRequest request = builder.build();
        return random.nextBoolean() ? request : request.scheduledBy(ScheduleId.random());
    }

    private Object parameter(int depth) {
        int choice = random.nextInt(depth > 3 ? 4 : 6);
        if (choice == 0) {
            return null;
        } else if (choice == 1) {
            return text();
        } else if (choice == 2) {
            return random.nextBoolean();
        } else if (choice == 3) {
            return one(NUMBERS);
        } else if (choice == 4) {
            List<Object> list = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                list.add(parameter(depth + 1));
            }
            return list;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            // A key that looks like our own marks is a key like any other.
            map.put(one("map", "long", "double", text()), parameter(depth + 1));
        }
        return map;
    }

    /** Returns a schedule that may be in any state. */
    public StoredSchedule storedSchedule() {
        return new StoredSchedule(schedule(), time(), false);
    }

    private Schedule schedule() {
        ScheduleId id = ScheduleId.random();
        ScheduleSpec.Builder spec = ScheduleSpec.of(line(), text(), request())
                .zone(ZoneId.of(one("Europe/Berlin", "UTC", "+05:45", "America/St_Johns", "Z")))
                .misfireGrace(Duration.ofMillis(random.nextLong(1_000, 1_000_000)))
                .coalesce(random.nextBoolean())
                .maxInstances(1 + random.nextInt(1_000))
                .jitter(Duration.ofNanos(random.nextLong(86_400_000_000_000L)));
        maybe(() -> id.value()).ifPresent(spec::id);
        maybe(this::time).ifPresent(spec::start);
        maybe(() -> Instant.parse("2262-01-01T00:00:00.000000001Z")).ifPresent(spec::end);
        List<ExecutionId> underWay = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            underWay.add(ExecutionId.random());
        }
        return new Schedule(
                id,
                spec.build(),
                time(),
                one(ScheduleState.values()),
                maybe(this::time),
                maybe(() -> new ScheduleFire(
                        id,
                        one(FireOutcome.values()),
                        time(),
                        time(),
                        random.nextLong(Long.MAX_VALUE),
                        time(),
                        maybe(ExecutionId::random),
                        maybe(this::text))),
                underWay,
                random.nextLong(Long.MAX_VALUE),
                random.nextLong(Long.MAX_VALUE));
    }

    private Progress progress() {
        return new Progress(random.nextInt(100), maybeInt(), maybe(this::text));
    }

    private ByteSize bytes() {
        return ByteSize.ofBytes(random.nextLong(Long.MAX_VALUE));
    }

    private Instant time() {
        return Instant.ofEpochSecond(random.nextLong(-5_000_000_000L, 9_000_000_000L), random.nextInt(1_000_000_000));
    }

    private Path path() {
        return Path.of("/data/" + one("a", "b c", "ü", "日本"), "file.ipynb");
    }

    private String text() {
        return one(TEXTS);
    }

    private String line() {
        return one("ada", "日本語", "𝄞", "with space", "lone \ud800", "x".repeat(5_000));
    }

    private OptionalInt maybeInt() {
        return random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt());
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
    }

    @SafeVarargs
    private <T> T one(T... values) {
        return values[random.nextInt(values.length)];
    }
}
