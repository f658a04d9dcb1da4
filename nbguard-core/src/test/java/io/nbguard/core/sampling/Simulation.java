package io.nbguard.core.sampling;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.fixture.ManualClock;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.slf4j.helpers.NOPLogger;

/** A node of simulated notebooks around a real loop, in virtual time. */
final class Simulation implements ProbeSession, TrackerSession {

    static final long MIB = 1 << 20;

    /** What a tick takes. */
    private static final long TICK_NANOS = 3_000;

    final ManualClock clock = new ManualClock();
    final List<GuardEvent> events = new ArrayList<>();
    final List<SimulatedNotebook> notebooks = new ArrayList<>();
    final List<String> emergencies = new ArrayList<>();
    final SamplingLoop loop;
    long limitBytes;
    long othersBytes = 200 * MIB;
    double cacheBytes;
    double cacheGrowth;
    long oomKills;
    String oomCountedIn = "simulation";

    /** Whether only the machine's kills are counted, those of other software with them. */
    boolean oomCountedForMachine;

    boolean remoteActive;
    boolean statReadable = true;
    boolean memoryReadable = true;
    RuntimeException trackerFailure;
    RuntimeException probeFailure;
    RuntimeException freezeFailure;
    double coresOfNode = 2;

    /** How late the loop's thread is woken at most; a GC pause of its host is such a lateness. */
    Duration latest = Duration.ZERO;

    Random lateness = new Random(1);

    /** What is to happen at every step of the world. */
    Runnable atEachStep = () -> {};

    /** What is to happen when a notebook is chosen, before it is killed. */
    Runnable whenCondemned = () -> {};

    /** What is to happen when the node's use is read the next time beyond its threshold. */
    Runnable whenSeenBeyond = () -> {};

    long peakBytes;
    long ticks;

    Simulation(long limitMebibytes, UnaryOperator<WatchdogConfig> change, KillPolicy... policies) {
        this(limitMebibytes, change, LoopParts.TIMEOUT, List.of(), policies);
    }

    /**
     * Makes one in which {@code better} probes are preferred to the one that reads the simulated node.
     *
     * @param timeout for how much real time plugins are waited for
     */
    Simulation(
            long limitMebibytes,
            UnaryOperator<WatchdogConfig> change,
            Duration timeout,
            List<OpenProbe> better,
            KillPolicy... policies) {
        limitBytes = limitMebibytes * MIB;
        List<OpenProbe> probes = new ArrayList<>(better);
        probes.add(OpenProbe.own(this));
        loop = new SamplingLoop(
                change.apply(WatchdogConfig.DEFAULTS),
                probes,
                this,
                List.of(policies),
                new RemoteWatchdog() {
                    @Override
                    public boolean isActive() {
                        return remoteActive;
                    }

                    @Override
                    public long reactionNanos() {
                        return 7_000_000L;
                    }
                },
                events::add,
                clock,
                Thread::new,
                timeout,
                NOPLogger.NOP_LOGGER);
        loop.onEmergency(emergencies::add);
    }

    Simulation(long limitMebibytes) {
        this(limitMebibytes, UnaryOperator.identity());
    }

    static UnaryOperator<WatchdogConfig> budget(long mebibytes) {
        return it -> new WatchdogConfig(
                it.interval(),
                it.warnAt(),
                it.stopAdmittingAt(),
                it.killAt(),
                it.nodeLimit(),
                Optional.of(ByteSize.ofMebibytes(mebibytes)),
                it.coolDown(),
                it.killTimeout(),
                it.dryRun());
    }

    static UnaryOperator<WatchdogConfig> dryRun() {
        return it -> new WatchdogConfig(
                it.interval(),
                it.warnAt(),
                it.stopAdmittingAt(),
                it.killAt(),
                it.nodeLimit(),
                it.memoryBudget(),
                it.coolDown(),
                it.killTimeout(),
                true);
    }

    SimulatedNotebook start(String name) {
        SimulatedNotebook notebook = new SimulatedNotebook(name, this);
        notebooks.add(notebook);
        loop.watch(notebook);
        return notebook;
    }

    /** Lets virtual time pass, in steps of at most a millisecond of the world, with ticks where the loop wants them. */
    void run(Duration time) {
        long end = clock.nanoTime() + time.toNanos();
        long due = clock.nanoTime();
        while (clock.nanoTime() < end) {
            if (clock.nanoTime() >= due) {
                due = clock.nanoTime() + loop.tick();
                if (!latest.isZero() && due > clock.nanoTime()) {
                    // Now and then as late as can be, so that the loop knows how late that is.
                    due += lateness.nextInt(4) == 0 ? latest.toNanos() : lateness.nextLong(latest.toNanos());
                }
                ticks++;
            }
            long step = Math.min(1_000_000L, Math.max(TICK_NANOS, due - clock.nanoTime()));
            clock.advanceNanos(step);
            cacheBytes = Math.max(0, Math.min(cacheBytes + cacheGrowth * step / 1e9, limitBytes - unreclaimable()));
            notebooks.forEach(notebook -> notebook.pass(step));
            atEachStep.run();
            peakBytes = Math.max(peakBytes, unreclaimable());
        }
    }

    /** Lets the world live while the loop's thread is held up. */
    void pass(Duration time) {
        clock.advance(time);
        notebooks.forEach(notebook -> notebook.pass(time.toNanos()));
        peakBytes = Math.max(peakBytes, unreclaimable());
    }

    long unreclaimable() {
        long sum = othersBytes;
        // No iterator: the test that counts allocated bytes runs through here.
        for (int i = 0; i < notebooks.size(); i++) {
            sum += notebooks.get(i).heldBytes();
        }
        return sum;
    }

    int kills() {
        return notebooks.stream().mapToInt(SimulatedNotebook::kills).sum();
    }

    <E extends GuardEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void sample(NodeGauges into) {
        sampleMemory(into);
        into.set(Gauge.MEMORY_LIMIT, limitBytes, "simulation");
        if (statReadable) {
            into.set(Gauge.MEMORY_FILE_CACHE, (long) cacheBytes, "simulation");
            into.set(Gauge.MEMORY_INACTIVE_FILE, (long) cacheBytes, "simulation");
        } else {
            into.unavailable(Gauge.MEMORY_FILE_CACHE, "permission denied", "simulation");
            into.unavailable(Gauge.MEMORY_INACTIVE_FILE, "permission denied", "simulation");
        }
        into.set(Gauge.CPU_USAGE, clock.nanoTime(), "simulation");
        into.set(Gauge.CPU_LIMIT, (long) (coresOfNode * 1_000), "simulation");
        if (oomCountedForMachine) {
            into.set(Gauge.MACHINE_OOM_KILLS, oomKills, oomCountedIn);
        } else {
            into.set(Gauge.MEMORY_OOM_KILLS, oomKills, oomCountedIn);
        }
    }

    @Override
    public void sampleMemory(NodeGauges into) {
        if (probeFailure != null) {
            throw probeFailure;
        }
        if (memoryReadable) {
            into.set(Gauge.MEMORY_CURRENT, unreclaimable() + (long) cacheBytes, "simulation");
            if (unreclaimable() >= limitBytes / 16 * 15) {
                whenSeenBeyond.run();
            }
        } else {
            into.unavailable(Gauge.MEMORY_CURRENT, "no such device", "simulation");
        }
    }

    @Override
    public void sample(SampleDepth depth) {
        if (trackerFailure != null) {
            throw trackerFailure;
        }
        for (int i = 0; i < notebooks.size(); i++) {
            notebooks.get(i).fill();
        }
    }

    @Override
    public Instant startTime(long startTicks) {
        return Instant.EPOCH;
    }

    @Override
    public String description() {
        return "simulation";
    }

    @Override
    public ProcessGroup create(ExecutionId id, Allocation allocation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ProcessGroup attach(ExecutionId id, ProcessIdentity root) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
