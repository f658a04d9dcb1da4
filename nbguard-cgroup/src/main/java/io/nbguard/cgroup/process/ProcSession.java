package io.nbguard.cgroup.process;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The groups of one guard, and the tick over them. */
final class ProcSession implements TrackerSession, TreeSession {

    private final Machine machine;
    private final Signals signals;
    private final OomScore oomScore;
    private final ProcLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Departed departed = new Departed();
    private final Sampling sampling;
    private final Discovery discovery;
    private final LongConsumer lookAgain;
    private final boolean hasCursor;
    private final long ownStart;
    private final Instant boot;
    private final ProcGroup noMembers;

    private volatile ProcGroup[] groups = {};
    private volatile long tick;
    private volatile boolean closed;

    /**
     * Opens it.
     *
     * @param reader what the sampling thread looks at single processes with
     * @param cursor where the PID cursor is read; null to look at all processes at every tick
     * @param clock a clock that only goes forward, in nanoseconds
     */
    ProcSession(Machine machine, ProcessReader reader, @Nullable PidCursor cursor, LongSupplier clock)
            throws UnavailableException {
        this.machine = machine;
        PidLaps laps = new PidLaps(machine.proc(), clock);
        signals = signalsOf(machine, laps);
        oomScore = new OomScore(machine);
        limits = new ProcLimits(machine);
        sampling = new Sampling(machine, reader);
        ownStart = ownStart(machine);
        boot = BootTime.of(machine, Clock.systemUTC());
        hasCursor = cursor != null;
        discovery = new Discovery(sampling, cursor, departed, lock, laps, clock);
        lookAgain = discovery::lookAgainFrom;
        noMembers = new ProcGroup(this, null, ownStart, ResourceSpec.NONE);
        warmUp();
        // Once, with a search of the machine: that takes milliseconds.
        noMembers.kill();
    }

    /** In a fresh JVM a kill would take longer than it may, for classes that are loaded and code that is interpreted. */
    @Override
    public void warmUp() {
        ProcessReader reader = machine.borrowReader();
        signals.warmUp(reader);
        // Never with a member: all that descend from one are members too.
        new TreeKill(this, noMembers).killKnown(reader);
        machine.spareReaders().add(reader);
    }

    private static Signals signalsOf(Machine machine, PidLaps laps) {
        if (!machine.real()) {
            return new NoSignals();
        }
        return machine.calls().available() && PidfdSignals.usable()
                ? new PidfdSignals(machine, laps)
                : new HandleSignals();
    }

    /** Returns when this process started: nothing of ours started earlier. */
    private long ownStart(Machine machine) throws UnavailableException {
        if (!machine.real()) {
            return 0;
        }
        long self = ProcessHandle.current().pid();
        if (sampling.reader.read(self, sampling.line) != ProcessReader.Look.FOUND) {
            throw new UnavailableException(
                    "cannot read " + machine.proc() + "/" + self + "/stat, nbguard's own entry",
                    "mount a procfs of nbguard's own PID namespace at " + machine.proc());
        }
        return sampling.line.start();
    }

    @Override
    public ProcessGroup create(ExecutionId id, Allocation allocation) {
        limits.check(allocation);
        ProcGroup group = new ProcGroup(this, Cookie.random(), ownStart, allocation.limits());
        add(group);
        return group;
    }

    @Override
    public Map<Resource, Enforcement> enforcement() {
        return limits.enforcement();
    }

    @Override
    public void check(Allocation allocation) {
        limits.check(allocation);
    }

    @Override
    public ProcLimits limits() {
        return limits;
    }

    @Override
    public ProcessGroup attach(ExecutionId id, ProcessIdentity root) throws UnavailableException {
        ProcessReader reader = machine.borrowReader();
        try {
            StatLine line = new StatLine();
            switch (reader.read(root.pid(), line)) {
                case ABSENT, THREAD -> throw gone(root, "there is no such process");
                case UNREADABLE ->
                    throw new UnavailableException(
                            "process " + root.pid() + " of execution " + id + " cannot be read in " + machine.proc(),
                            "run as the user that runs the execution");
                case FOUND -> {
                    if (line.start() != root.startTicks()) {
                        throw gone(root, "its id now belongs to one that started at " + line.start());
                    }
                }
            }
            ProcGroup group = new ProcGroup(this, null, root.startTicks(), ResourceSpec.NONE);
            group.adoptRoot(root);
            new GroupSearch(this, group, reader).run();
            add(group);
            return group;
        } finally {
            machine.spareReaders().add(reader);
        }
    }

    private static UnavailableException gone(ProcessIdentity root, String why) {
        return new UnavailableException(
                "process " + root.pid() + ", started at clock tick " + root.startTicks() + ", has ended: " + why,
                "list the executions again");
    }

    private void add(ProcGroup group) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the process tracker is closed");
            }
            ProcGroup[] more = Arrays.copyOf(groups, groups.length + 1);
            more[groups.length] = group;
            groups = more;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void remove(ProcessTree tree) {
        lock.lock();
        try {
            groups = Arrays.stream(groups).filter(other -> other != tree).toArray(ProcGroup[]::new);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String hasten() {
        return ThreadPriority.raise(machine);
    }

    @Override
    public void sample(SampleDepth depth) {
        ProcGroup[] all = groups;
        if (closed || all.length == 0) {
            return;
        }
        long now = tick + 1;
        tick = now;
        sampling.holdInterrupt();
        try {
            for (ProcGroup group : all) {
                group.admit(sampling, now, lookAgain);
            }
            OutOfMemoryError exhausted = null;
            try {
                discovery.run(all, now, depth == SampleDepth.FULL);
            } catch (OutOfMemoryError e) {
                // Known processes are read all the same: that takes no heap, and a decision may depend on it.
                exhausted = e;
            }
            for (ProcGroup group : all) {
                group.read(depth, sampling, now);
            }
            if (exhausted != null) {
                throw exhausted;
            }
        } finally {
            if (sampling.interrupted) {
                sampling.interrupted = false;
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Instant startTime(long startTicks) {
        return boot.plusNanos(startTicks * machine.nanosPerTick());
    }

    @Override
    public String description() {
        String usage = machine.calls().available()
                ? "statm + CPU clock by JNA"
                : "statm + stat in pure Java: " + machine.calls().reason();
        String search = hasCursor
                ? "discovery by PID cursor"
                : "discovery by a full scan at every tick, as /proc/loadavg does not show the last PID here";
        return "process trees in " + machine.proc() + " (" + usage + "; " + search + ")";
    }

    @Override
    public void close() {
        closed = true;
        for (ProcGroup group : groups) {
            group.close();
        }
        discovery.close();
    }

    @Override
    public Machine machine() {
        return machine;
    }

    @Override
    public Signals signals() {
        return signals;
    }

    @Override
    public OomScore oomScore() {
        return oomScore;
    }

    @Override
    public Lock lock() {
        return lock;
    }

    @Override
    public Departed departed() {
        return departed;
    }

    @Override
    public long tick() {
        return tick;
    }

    @Override
    public PidLaps laps() {
        return discovery.laps();
    }

    @Override
    public boolean lapped() {
        return discovery.lapped();
    }

    @Override
    public boolean knowsAll() {
        return discovery.isUpToDate();
    }

    @Override
    public PidLaps.Look lastLook() {
        return discovery.lastLook();
    }
}
