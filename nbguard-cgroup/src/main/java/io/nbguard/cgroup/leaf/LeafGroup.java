package io.nbguard.cgroup.leaf;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.Allocation;
import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.cgroup.process.FreezeHolds;
import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one execution, held together by the kernel: whatever they do, they stay in the leaf, and one write ends
 * them all.
 */
final class LeafGroup implements ProcessGroup {

    private static final long JOIN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long JOIN_PAUSE_NANOS = 100_000;

    private final Owner owner;
    private final Group group;
    private final LeafReading reading;
    private final boolean made;
    private final long enclosureOomsBefore;

    /** Held while a hold changes and {@code cgroup.freeze} with it. */
    private final ReentrantLock freezing = new ReentrantLock();

    private final FreezeHolds holds = new FreezeHolds();
    private final FrozenPart frozenPart;
    private volatile @Nullable ProcessIdentity root;
    private volatile boolean closed;
    private volatile long oomKills;

    /** What a group needs of the session that it belongs to. Any thread. */
    interface Owner {

        /** Returns what starts processes in leaves. */
        Launcher launcher() throws IOException;

        Processes processes();

        /** Returns how often the kernel has found all notebooks together at their limit so far. */
        long enclosureOoms();

        /** Returns what limits leaves. */
        LeafLimits limits();

        /** Returns the file with the limit of all notebooks together. */
        Path enclosureLimitFile();

        /** Drops a group and its descriptors. */
        void forget(LeafGroup group, LeafReading reading);
    }

    /**
     * Takes a leaf.
     *
     * @param made whether it is ours to remove
     */
    LeafGroup(Owner owner, Group group, boolean made, LeafReading reading) {
        this.owner = owner;
        this.group = group;
        this.made = made;
        this.reading = reading;
        frozenPart = new FrozenPart(group.path());
        enclosureOomsBefore = owner.enclosureOoms();
    }

    @Override
    public Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new IllegalStateException("the process group is closed");
        }
        List<String> command = builder.command();
        Process process;
        try {
            builder.command(
                    owner.launcher().command(group.path().resolve("cgroup.procs"), command, builder.directory()));
            process = builder.start();
        } finally {
            builder.command(command);
        }
        awaitJoin(process);
        return process;
    }

    /** The launcher runs nothing before it has joined; this makes sure that it did, and finds out who the process is. */
    private void awaitJoin(Process process) throws IOException {
        long begin = System.nanoTime();
        while (!group.pids().contains(process.pid())) {
            if (!process.isAlive()) {
                if (process.exitValue() == Launcher.NOT_JOINED && usedNothing()) {
                    throw new IOException("the process could not join " + group.path()
                            + ", and was not started: was that cgroup removed or divided?");
                }
                return;
            }
            if (System.nanoTime() - begin > JOIN_TIMEOUT_NANOS) {
                process.destroyForcibly();
                throw new IOException("process " + process.pid() + " did not join " + group.path()
                        + " within 10 s, and was killed before it was started");
            }
            LockSupport.parkNanos(JOIN_PAUSE_NANOS);
        }
        OptionalLong start = owner.processes().startTicks(process.pid());
        // Alive after it was read: so the id was still its own when it was read.
        if (root == null && start.isPresent() && process.isAlive()) {
            root = new ProcessIdentity(process.pid(), start.getAsLong());
        }
    }

    private boolean usedNothing() {
        return ControlFile.number(group.path().resolve("cpu.stat"), "usage_usec") <= 0;
    }

    /** Makes a running process the root. */
    void adoptRoot(ProcessIdentity identity) {
        root = identity;
    }

    /** Reads the leaf. Sampling thread, under the session's lock. */
    void read(SampleDepth depth) {
        if (depth == SampleDepth.FULL) {
            freezeNewcomers();
        }
        ProcessIdentity first = root;
        reading.read(depth, first == null ? 0 : first.pid());
    }

    @Override
    public Optional<ProcessIdentity> root() {
        return Optional.ofNullable(root);
    }

    @Override
    public GroupUsage usage() {
        return reading.usage();
    }

    /** What the kernel charges to the leaf counts every page once. */
    @Override
    public long measurePss() {
        try {
            long bytes = Long.parseLong(ControlFile.read(group.path().resolve("memory.current")));
            for (String reclaimable : List.of("active_file", "inactive_file", "slab_reclaimable")) {
                bytes -= Math.max(0, ControlFile.number(group.path().resolve("memory.stat"), reclaimable));
            }
            return Math.max(0, bytes);
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    @Override
    public void update(Allocation allocation) {
        if (closed || !made) {
            throw new GuardException(
                    closed ? ErrorCode.ILLEGAL_STATE : ErrorCode.UNSUPPORTED,
                    closed
                            ? "the process group is closed"
                            : "another guard runs this execution: only that one can change" + " its limits");
        }
        LeafLimits limits = owner.limits();
        limits.check(allocation);
        limits.change(group.path(), allocation.limits(), measurePss());
    }

    @Override
    public int kill() {
        return group.kill();
    }

    /** All members die at once, the root too: the point is the memory, and the leaf keeps the exact processor time. */
    @Override
    public boolean killAndConfirm(Duration rootGrace, Duration timeout) throws InterruptedException {
        group.kill();
        return group.awaitEmpty(timeout.toNanos());
    }

    /** For the moment of a kill the leaf is frozen as a whole, by one write; for longer without its root. */
    @Override
    public boolean freeze(FreezeReason why) {
        freezing.lock();
        try {
            if (closed) {
                return false;
            }
            boolean frozen = why == FreezeReason.BYSTANDER ? writeFreeze(true) : frozenPart.freeze(rootId());
            if (frozen) {
                holds.add(why);
            } else if (why != FreezeReason.BYSTANDER && !isHeldForLong()) {
                // Some of it may be frozen.
                frozenPart.thaw();
            }
            return frozen || holds.has(why);
        } finally {
            freezing.unlock();
        }
    }

    @Override
    public void thaw(FreezeReason why) {
        freezing.lock();
        try {
            if (!holds.has(why)) {
                return;
            }
            holds.remove(why);
            if (why == FreezeReason.BYSTANDER) {
                writeFreeze(false);
            } else if (!isHeldForLong()) {
                frozenPart.thaw();
            }
        } finally {
            freezing.unlock();
        }
    }

    @Override
    public Set<FreezeReason> frozenBy() {
        return holds.reasons();
    }

    @Override
    public void applyHolds() {
        freezing.lock();
        try {
            writeFreeze(holds.has(FreezeReason.BYSTANDER));
            if (isHeldForLong()) {
                frozenPart.freeze(rootId());
            } else {
                frozenPart.thaw();
            }
        } finally {
            freezing.unlock();
        }
        // Frozen ones take the signal when they are thawed.
        group.resume();
    }

    /** Freezes what the root has started since the last look. Sampling thread, which does not wait for others. */
    private void freezeNewcomers() {
        if (isHeldForLong() && freezing.tryLock()) {
            try {
                if (isHeldForLong()) {
                    frozenPart.freeze(rootId());
                }
            } finally {
                freezing.unlock();
            }
        }
    }

    private boolean isHeldForLong() {
        return holds.hasOtherThan(FreezeReason.BYSTANDER);
    }

    private OptionalLong rootId() {
        ProcessIdentity first = root;
        return first == null ? OptionalLong.empty() : OptionalLong.of(first.pid());
    }

    private boolean writeFreeze(boolean frozen) {
        return ControlFile.tryWrite(group.path().resolve("cgroup.freeze"), frozen ? "1" : "0");
    }

    @Override
    public OptionalLong kernelOomKills() {
        noteOomKills();
        return OptionalLong.of(oomKills);
    }

    private void noteOomKills() {
        oomKills = Math.max(oomKills, ControlFile.number(group.path().resolve("memory.events"), "oom_kill"));
    }

    @Override
    public Optional<String> kernelOomBound() {
        noteOomKills();
        if (oomKills == 0) {
            return Optional.empty();
        }
        if (ControlFile.number(group.path().resolve("memory.events.local"), "oom") > 0) {
            return Optional.of("its own limit" + size(group.path().resolve("memory.max")));
        }
        return owner.enclosureOoms() > enclosureOomsBefore
                ? Optional.of("the limit of all notebooks together" + size(owner.enclosureLimitFile()))
                : Optional.of("the memory of the whole node");
    }

    private static String size(Path file) {
        try {
            return " of " + ByteSize.ofBytes(Long.parseLong(ControlFile.read(file)));
        } catch (IOException | NumberFormatException e) {
            return "";
        }
    }

    @Override
    public boolean isEmpty() {
        return !group.isPopulated();
    }

    /** Removes the leaf if no process lives in it; else that is left to the session's end, and to the next guard. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        releaseHolds();
        noteOomKills();
        owner.forget(this, reading);
        if (made) {
            group.remove();
        }
    }

    private void releaseHolds() {
        freezing.lock();
        try {
            closed = true;
            if (!holds.isEmpty()) {
                holds.clear();
                writeFreeze(false);
                frozenPart.thaw();
            }
        } finally {
            freezing.unlock();
        }
    }

    /** Says what stands in the way of a leaf, with the file's name. */
    static String describe(Path leaf, IOException e) {
        return "no cgroup could be made at " + leaf + " (" + KernelFile.reason(e) + ")";
    }
}
