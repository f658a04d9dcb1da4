package io.nbguard.cgroup.process;

import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.cgroup.kernel.KernelText;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A group of processes that are known by {@code /proc}.
 *
 * <p>The members are the sampling thread's: it alone adds and removes them, under the lock, and reads them without. Other
 * threads see them under the lock, which no thread holds for longer than it takes to copy a few numbers, and hand over what
 * they found as arrivals.
 */
final class ProcGroup implements ProcessGroup, ProcessTree {

    private static final byte[] PSS = "Pss".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SWAP_PSS = "SwapPss".getBytes(StandardCharsets.US_ASCII);

    private final TreeSession session;
    private final @Nullable Cookie cookie;
    private final TreeReading reading = new TreeReading();
    private final TreeKill killing;
    private final Freezer freezer;

    private Member[] members = new Member[4];
    private int count;
    private final List<ProcessIdentity> arrivals = new ArrayList<>();
    private volatile boolean anyArrivals;
    private volatile @Nullable ProcessIdentity root;
    private volatile boolean closed;
    private volatile long earliestStart;
    private volatile long lastLoss = Long.MIN_VALUE / 2;
    private volatile boolean everLost;
    private volatile long floorNanos;
    private volatile ResourceSpec limits;

    /**
     * Makes an empty group.
     *
     * @param cookie what its processes are to carry; null if they run already
     * @param earliestStart no member started before this, in clock ticks since boot
     * @param limits what holds for what is started in it
     */
    ProcGroup(TreeSession session, @Nullable Cookie cookie, long earliestStart, ResourceSpec limits) {
        this.session = session;
        this.limits = limits;
        this.cookie = cookie;
        this.earliestStart = earliestStart;
        this.killing = new TreeKill(session, this);
        this.freezer = new Freezer(session, this);
    }

    @Override
    public Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new IllegalStateException("the process group is closed");
        }
        Map<String, String> environment = builder.environment();
        String before = environment.get(Cookie.VARIABLE);
        if (cookie != null) {
            cookie.addTo(environment);
        }
        Process process;
        try {
            process = builder.start();
        } finally {
            if (before == null) {
                environment.remove(Cookie.VARIABLE);
            } else {
                environment.put(Cookie.VARIABLE, before);
            }
        }
        session.oomScore().raise(process);
        session.limits().begin(limits, process.pid());
        identify(process);
        return process;
    }

    /** Takes a process that was just started as a member, unless it has ended already. */
    private void identify(Process process) {
        long pid = process.pid();
        StatLine line = new StatLine();
        ProcessReader reader = session.machine().borrowReader();
        ProcessReader.Look look = reader.read(pid, line);
        session.machine().spareReaders().add(reader);
        // Alive after it was read: so the id was still its own when it was read.
        if (look == ProcessReader.Look.FOUND && process.isAlive()) {
            ProcessIdentity identity = new ProcessIdentity(pid, line.start());
            if (root == null) {
                earliestStart = line.start();
                root = identity;
            }
            arrive(List.of(identity));
        } else {
            everLost = true;
            lastLoss = session.tick();
        }
    }

    /** Makes a running process the root. */
    void adoptRoot(ProcessIdentity identity) {
        root = identity;
        arrive(List.of(identity));
    }

    @Override
    public void arrive(List<ProcessIdentity> found) {
        session.lock().lock();
        try {
            for (ProcessIdentity identity : found) {
                if (!closed && !arrivals.contains(identity)) {
                    arrivals.add(identity);
                }
            }
            anyArrivals = !arrivals.isEmpty();
        } finally {
            session.lock().unlock();
        }
    }

    @Override
    public boolean hasArrivals() {
        return anyArrivals;
    }

    /**
     * Adopts what other threads found. Sampling thread.
     *
     * @param lookAgainFrom receives the id of each process that was adopted
     */
    void admit(Sampling sampling, long tick, LongConsumer lookAgainFrom) {
        if (!anyArrivals) {
            return;
        }
        List<ProcessIdentity> found;
        session.lock().lock();
        try {
            found = List.copyOf(arrivals);
        } finally {
            session.lock().unlock();
        }
        for (ProcessIdentity identity : found) {
            if (has(identity)) {
                continue;
            }
            if (sampling.reader.is(identity.pid(), identity.startTicks(), sampling.line)) {
                Member member = new Member(sampling.machine, identity.pid(), identity.startTicks());
                member.begin(sampling.line, sampling);
                member.watchEnd(sampling);
                if (!adopt(member)) {
                    member.close();
                }
            } else {
                everLost = true;
                lastLoss = tick;
            }
            // What it started meanwhile was looked at before its group was known.
            lookAgainFrom.accept(identity.pid());
        }
        session.lock().lock();
        try {
            arrivals.removeAll(found);
            anyArrivals = !arrivals.isEmpty();
        } finally {
            session.lock().unlock();
        }
    }

    private boolean has(ProcessIdentity identity) {
        for (int i = 0; i < count; i++) {
            if (members[i].pid == identity.pid() && members[i].start == identity.startTicks()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean adopt(Member member) {
        session.lock().lock();
        try {
            if (closed) {
                return false;
            }
            if (count == members.length) {
                members = Arrays.copyOf(members, count * 2);
            }
            members[count++] = member;
        } finally {
            session.lock().unlock();
        }
        if (freezer.isFrozen()) {
            freezer.joined(new ProcessIdentity(member.pid, member.start));
        }
        return true;
    }

    /** Reads all members and drops those that have gone. Sampling thread. */
    void read(io.nbguard.spi.process.SampleDepth depth, Sampling sampling, long tick) {
        if (reading.read(members, count, depth, sampling, floorNanos)) {
            everLost = true;
            lastLoss = tick;
            dropLost();
        }
    }

    private void dropLost() {
        session.lock().lock();
        try {
            int kept = 0;
            for (int i = 0; i < count; i++) {
                Member member = members[i];
                if (!member.lost) {
                    members[kept++] = member;
                    continue;
                }
                member.close();
                if (!member.idPassed && !session.lapped() && !closed) {
                    session.departed().add(this, member.pid);
                }
            }
            Arrays.fill(members, kept, count, null);
            count = kept;
        } finally {
            session.lock().unlock();
        }
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public Member member(int i) {
        return members[i];
    }

    @Override
    public List<KnownMember> known() {
        session.lock().lock();
        try {
            List<KnownMember> known = new ArrayList<>(count + arrivals.size());
            for (int i = 0; i < count; i++) {
                Member member = members[i];
                known.add(new KnownMember(
                        new ProcessIdentity(member.pid, member.start),
                        member.ownedSession,
                        member.ownedGroup,
                        member.residentBytes()));
            }
            for (ProcessIdentity identity : arrivals) {
                known.add(new KnownMember(identity, 0, 0, 0));
            }
            return known;
        } finally {
            session.lock().unlock();
        }
    }

    @Override
    public @Nullable Cookie cookie() {
        return cookie;
    }

    @Override
    public long earliestStart() {
        return earliestStart;
    }

    @Override
    public long lastLoss() {
        return lastLoss;
    }

    @Override
    public boolean everLost() {
        return everLost;
    }

    @Override
    public void atLeast(long nanos) {
        floorNanos = Math.max(floorNanos, nanos + reading.departedNanos());
    }

    @Override
    public Optional<ProcessIdentity> root() {
        return Optional.ofNullable(root);
    }

    @Override
    public GroupUsage usage() {
        return reading.usage();
    }

    @Override
    public long measurePss() {
        ProcessReader reader = session.machine().borrowReader();
        try {
            StatLine line = new StatLine();
            KernelText text = new KernelText(4096);
            long bytes = 0;
            boolean any = false;
            boolean refused = false;
            for (KnownMember known : known()) {
                ProcessIdentity identity = known.identity();
                if (!reader.is(identity.pid(), identity.startTicks(), line) || !line.alive()) {
                    continue;
                }
                long pss = pssOf(identity, reader, line, text);
                any |= pss >= 0;
                refused |= pss < 0;
                // One that may not be looked into (a supervisor, papermill) counts in full: that is an upper bound.
                bytes += pss >= 0 ? pss : known.residentBytes();
            }
            return any || !refused ? bytes : -1;
        } finally {
            session.machine().spareReaders().add(reader);
        }
    }

    @Override
    public long measureUnmapped(long longestNanos) {
        ProcessReader reader = session.machine().borrowReader();
        try {
            return OpenMemory.measure(known(), session.machine(), reader, longestNanos);
        } finally {
            session.machine().spareReaders().add(reader);
        }
    }

    private long pssOf(ProcessIdentity identity, ProcessReader reader, StatLine line, KernelText text) {
        Path rollup =
                session.machine().proc().resolve(Long.toString(identity.pid())).resolve("smaps_rollup");
        try (FileInputStream stream = new FileInputStream(rollup.toFile())) {
            if (!reader.is(identity.pid(), identity.startTicks(), line)) {
                return 0;
            }
            text.fill(stream);
            if (!text.seekKey(PSS)) {
                return -1;
            }
            long kibibytes = text.parseLong();
            return 1024 * (kibibytes + (text.seekKey(SWAP_PSS) ? text.parseLong() : 0));
        } catch (IOException | NumberFormatException e) {
            // One that is just ending holds nothing any more.
            return reader.is(identity.pid(), identity.startTicks(), line) && line.alive() ? -1 : 0;
        }
    }

    /** Changes what holds for its processes; the watchdog keeps its memory. */
    @Override
    public void update(Allocation allocation) {
        session.limits().check(allocation);
        ResourceSpec before = limits;
        limits = allocation.limits();
        if (before.cpuset().equals(limits.cpuset()) && before.cpuShares().equals(limits.cpuShares())) {
            return;
        }
        ProcessReader reader = session.machine().borrowReader();
        try {
            StatLine line = new StatLine();
            for (KnownMember known : known()) {
                ProcessIdentity identity = known.identity();
                if (reader.is(identity.pid(), identity.startTicks(), line) && line.alive()) {
                    session.limits().change(limits, identity.pid());
                }
            }
        } finally {
            session.machine().spareReaders().add(reader);
        }
    }

    @Override
    public int kill() {
        return killing.kill();
    }

    @Override
    public boolean killAndConfirm(Duration rootGrace, Duration timeout) throws InterruptedException {
        return killing.killAndConfirm(rootGrace, timeout);
    }

    @Override
    public boolean freeze(FreezeReason why) {
        return freezer.freeze(why);
    }

    @Override
    public void thaw(FreezeReason why) {
        freezer.thaw(why);
    }

    @Override
    public Set<FreezeReason> frozenBy() {
        return freezer.holds();
    }

    @Override
    public void applyHolds() {
        freezer.applyHolds();
    }

    @Override
    public boolean isEmpty() {
        return killing.isEmpty();
    }

    @Override
    public void close() {
        session.remove(this);
        freezer.close();
        session.lock().lock();
        try {
            closed = true;
            arrivals.clear();
            for (int i = 0; i < count; i++) {
                members[i].close();
            }
            session.departed().forget(this);
        } finally {
            session.lock().unlock();
        }
    }

    boolean isClosed() {
        return closed;
    }
}
