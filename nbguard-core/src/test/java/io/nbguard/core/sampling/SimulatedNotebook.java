package io.nbguard.core.sampling;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A notebook that exists in numbers only: so many workers, each with so much private memory, over so much shared. */
final class SimulatedNotebook implements Watched {

    private static final long MIB = 1 << 20;

    private final ExecutionId id = ExecutionId.random();
    private final String name;
    private final Simulation world;
    private final long launchedAt;
    private final GroupUsage usage = new GroupUsage();
    private final Group group = new Group();
    private Optional<ByteSize> limit = Optional.empty();
    private int priority;
    private double privateBytes;
    private double sharedBytes;
    private double unmappedBytes;
    private int unmappedReadings;
    private double growthBytesPerSecond;
    private double touchedBytes = Double.MAX_VALUE;
    private double touchesBytesPerSecond;
    private int workers = 1;
    private int mostWorkers = 1;
    private int endStatus = 9;
    private ExecutionState state = ExecutionState.RUNNING;
    private boolean exitsWhenCondemned;
    private boolean immortal;
    private long cpuNanos;
    private @Nullable KillScenario scenario;
    private int kills;
    private int pssReadings;
    private long fills;
    private long questions;
    private long dyingNanos = -1;
    private long killedAt;
    private long goneAt = Long.MAX_VALUE;
    private double heldAtKill;
    private double cores = 1;
    private boolean freezable = true;
    private final Set<FreezeReason> holds = EnumSet.noneOf(FreezeReason.class);
    private int freezes;
    private long frozenNanos;
    private long takenByKernel;
    private long ownOomKills = -1;
    private boolean charged;
    private boolean pssReadable = true;
    private double pssSeconds;
    private long peakBytes;

    SimulatedNotebook(String name, Simulation world) {
        this.name = name;
        this.world = world;
        launchedAt = world.clock.nanoTime();
    }

    SimulatedNotebook holding(long mebibytes) {
        privateBytes = mebibytes * MIB;
        return this;
    }

    /** Memory that none of its processes maps. */
    SimulatedNotebook holdingUnmapped(long mebibytes) {
        unmappedBytes = mebibytes * MIB;
        return this;
    }

    /** The kernel charges to it what it holds. */
    SimulatedNotebook charged() {
        charged = true;
        return this;
    }

    /** Its processes may not be looked into. */
    SimulatedNotebook withUnreadablePss() {
        pssReadable = false;
        return this;
    }

    /** Its processes may be looked into. */
    SimulatedNotebook withReadablePss() {
        pssReadable = true;
        return this;
    }

    /** A reading of its PSS takes so long. */
    SimulatedNotebook withSlowPss(Duration time) {
        pssSeconds = time.toNanos() / 1e9;
        return this;
    }

    /** The peak that it was told last. */
    long peakBytes() {
        return peakBytes;
    }

    /** How often it was looked for memory that none of its processes maps. */
    int unmappedReadings() {
        return unmappedReadings;
    }

    SimulatedNotebook holdingBytes(double bytes) {
        privateBytes = bytes;
        return this;
    }

    /** A forked pool: {@code count} workers over one shared, inherited block. */
    SimulatedNotebook sharing(long mebibytes, int count) {
        sharedBytes = mebibytes * MIB;
        workers = count;
        return this;
    }

    /** Forked this moment: the workers touch what they inherited page by page, and only then does it count in their RSS. */
    SimulatedNotebook touching(double bytesPerSecond) {
        touchedBytes = 0;
        touchesBytesPerSecond = bytesPerSecond;
        return this;
    }

    SimulatedNotebook growing(double bytesPerSecond) {
        growthBytesPerSecond = bytesPerSecond;
        return this;
    }

    /** Grows by so much over all workers together. */
    SimulatedNotebook growingInAll(double bytesPerSecond) {
        return growing(bytesPerSecond / workers);
    }

    SimulatedNotebook limitedTo(long mebibytes) {
        limit = Optional.of(ByteSize.ofMebibytes(mebibytes));
        return this;
    }

    SimulatedNotebook priority(int value) {
        priority = value;
        return this;
    }

    SimulatedNotebook exitingWhenCondemned() {
        exitsWhenCondemned = true;
        return this;
    }

    SimulatedNotebook immortal() {
        immortal = true;
        return this;
    }

    SimulatedNotebook withCgroupOfItsOwn() {
        ownOomKills = 0;
        return this;
    }

    /** The last of its processes die of SIGKILL, from any sender. */
    void loses(int processes) {
        workers -= processes;
    }

    /** The last of its processes end, by this wait status; {@link GroupUsage#UNKNOWN_END} if that is not known. */
    void loses(int processes, int waitStatus) {
        endStatus = waitStatus;
        workers -= processes;
    }

    /** Its own cgroup counts more processes taken by the kernel's OOM killer. */
    void countsTaken(int processes) {
        ownOomKills += processes;
    }

    /** Dies in this time, instead of one that goes with what it holds. */
    SimulatedNotebook dyingWithin(Duration time) {
        dyingNanos = time.toNanos();
        return this;
    }

    SimulatedNotebook using(double processors) {
        cores = processors;
        return this;
    }

    /** Its tracker cannot freeze. */
    SimulatedNotebook unfreezable() {
        freezable = false;
        return this;
    }

    /** A stop is requested by another caller; its processes end when they get the signal. */
    void stopping() {
        state = ExecutionState.TERMINATING;
        immortal = true;
    }

    void pass(long nanos) {
        if (isFrozen()) {
            frozenNanos += nanos;
        } else if (state == ExecutionState.RUNNING) {
            privateBytes += growthBytesPerSecond * nanos / 1e9;
            touchedBytes += touchesBytesPerSecond * nanos / 1e9;
            cpuNanos += (long) (nanos * cores);
        }
        if (state == ExecutionState.TERMINATING && !immortal) {
            long age = world.clock.nanoTime() - killedAt;
            double left = Math.max(0, 1 - (double) age / dyingNanos);
            privateBytes = heldAtKill * left / workers;
            sharedBytes = 0;
            unmappedBytes = 0;
            if (left == 0) {
                exit(ExecutionState.KILLED);
            }
        }
    }

    void exit(ExecutionState end) {
        state = end;
        privateBytes = 0;
        sharedBytes = 0;
        unmappedBytes = 0;
        // The confirmation that nothing is left of it takes a moment.
        goneAt = world.clock.nanoTime() + 100_000_000L;
    }

    int freezes() {
        return freezes;
    }

    boolean isFrozen() {
        return !holds.isEmpty();
    }

    Duration stoodStill() {
        return Duration.ofNanos(frozenNanos);
    }

    /** What it really holds. */
    long heldBytes() {
        return (long) (privateBytes * workers + sharedBytes + unmappedBytes);
    }

    /** How many processes it was told that the kernel took. */
    long takenByKernel() {
        return takenByKernel;
    }

    int kills() {
        return kills;
    }

    int pssReadings() {
        return pssReadings;
    }

    @Nullable KillScenario scenario() {
        return scenario;
    }

    /** How often its processes were read. */
    long fills() {
        return fills;
    }

    /** How often it was asked what it is, or what it holds. */
    long questions() {
        return questions;
    }

    void fill() {
        fills++;
        usage.begin();
        mostWorkers = Math.max(mostWorkers, workers);
        for (int i = workers; i < mostWorkers; i++) {
            usage.ended(100 + i, 1, endStatus);
        }
        if (!state.isEnd()) {
            for (int i = 0; i < workers; i++) {
                // A forked worker's inherited pages count as its own in statm: anonymous, not "shared".
                // A process that is being torn down shows no memory any more, whatever it has not given back yet.
                long rss = scenario != null && kills > 0 && !immortal
                        ? 0
                        : (long) (privateBytes + (i == 0 ? sharedBytes : Math.min(sharedBytes, touchedBytes)));
                usage.add(100 + i, 1, 1, rss, rss, cpuNanos / workers, 1, 'S', "python");
            }
        }
        if (charged) {
            usage.charge(heldBytes());
        }
        usage.finish(cpuNanos);
    }

    @Override
    public ExecutionId id() {
        return id;
    }

    @Override
    public String notebook() {
        return name;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public Optional<ByteSize> memoryLimit() {
        questions++;
        return limit;
    }

    @Override
    public ProcessGroup group() {
        questions++;
        return group;
    }

    @Override
    public ExecutionState state() {
        return state;
    }

    @Override
    public Progress progress() {
        return Progress.NONE;
    }

    @Override
    public long launchedAtNanos() {
        return launchedAt;
    }

    @Override
    public void measured(long bytes, long nanos) {
        peakBytes = bytes;
    }

    @Override
    public boolean mayBeCondemned() {
        questions++;
        return state == ExecutionState.RUNNING;
    }

    @Override
    public boolean condemn(KillScenario why) {
        world.whenCondemned.run();
        if (exitsWhenCondemned) {
            exit(ExecutionState.COMPLETED);
        }
        if (state != ExecutionState.RUNNING) {
            return false;
        }
        state = ExecutionState.TERMINATING;
        scenario = why;
        return true;
    }

    @Override
    public Optional<KillScenario> condemnation() {
        questions++;
        return Optional.ofNullable(scenario);
    }

    @Override
    public void kill() {
        kills++;
        killedAt = world.clock.nanoTime();
        heldAtKill = heldBytes();
        if (dyingNanos < 0) {
            // What was measured: 6 GB in 90 to 160 ms.
            dyingNanos = 5_000_000L + (long) (heldAtKill * 0.027);
        }
    }

    @Override
    public void takenByKernel(long processes, String where) {
        takenByKernel += processes;
    }

    @Override
    public boolean gone() {
        return state.isEnd() && world.clock.nanoTime() >= goneAt;
    }

    /** Its processes, as the loop may see them. */
    private final class Group implements ProcessGroup {

        @Override
        public Process start(ProcessBuilder builder) {
            throw new UnsupportedOperationException("a simulated notebook has no processes");
        }

        @Override
        public Optional<ProcessIdentity> root() {
            return Optional.empty();
        }

        @Override
        public GroupUsage usage() {
            return usage;
        }

        @Override
        public long measurePss() {
            pssReadings++;
            if (pssSeconds > 0) {
                world.pass(Duration.ofNanos((long) (pssSeconds * 1e9)));
            }
            return pssReadable ? (long) (heldBytes() - unmappedBytes) : -1;
        }

        @Override
        public long measureUnmapped(long longestNanos) {
            unmappedReadings++;
            return (long) unmappedBytes;
        }

        @Override
        public OptionalLong kernelOomKills() {
            return ownOomKills < 0 ? OptionalLong.empty() : OptionalLong.of(ownOomKills);
        }

        @Override
        public int kill() {
            throw new UnsupportedOperationException("the loop kills through Watched");
        }

        @Override
        public boolean killAndConfirm(Duration rootGrace, Duration timeout) {
            throw new UnsupportedOperationException("the loop itself never waits");
        }

        @Override
        public boolean freeze(FreezeReason why) {
            freezes += why == FreezeReason.BYSTANDER ? 1 : 0;
            if (world.freezeFailure != null) {
                throw world.freezeFailure;
            }
            return freezable && (holds.add(why) || holds.contains(why));
        }

        @Override
        public void thaw(FreezeReason why) {
            holds.remove(why);
        }

        @Override
        public Set<FreezeReason> frozenBy() {
            return Set.copyOf(holds);
        }

        @Override
        public boolean isEmpty() {
            return gone();
        }

        @Override
        public void close() {}
    }
}
