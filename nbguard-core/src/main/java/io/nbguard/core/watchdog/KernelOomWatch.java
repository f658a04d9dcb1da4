package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.LostProcesses;
import io.nbguard.core.measure.LostProcesses.Death;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.process.GroupUsage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the kernel's OOM killer took processes, and finds out whose they were.
 *
 * <p>Where an execution has a cgroup of its own, that group's account says it. Elsewhere there is one count for the whole
 * node, and the kernel does not show unprivileged processes which process it killed; but it kills the heaviest, by SIGKILL.
 * So each kill is attributed to the execution that has lost the heaviest process to SIGKILL since the count last stood still,
 * and to no other: two that died with one OOM kill between them did not both die of it. A process that is known to have ended
 * in another way, or while nbguard was ending it, does not count. A process takes a while to die: while one lives that is
 * much heavier than all that were lost, the case stays open for two seconds.
 *
 * <p>Where the kernel counts for the whole machine only, most of what it counts are processes of other software. There a kill
 * is attributed only if a process was seen to die of SIGKILL and the machine's memory was used up.
 *
 * <p>Sampling thread only, but for {@link #isOpen} and {@link #claim}; allocates nothing while the count stands still.
 */
public final class KernelOomWatch {

    private static final Logger LOG = LoggerFactory.getLogger(KernelOomWatch.class);
    private static final long TIMEOUT_NANOS = 2_000_000_000L;
    private static final long CLAIMABLE_NANOS = 10_000_000_000L;

    /** How long after use was beyond the threshold a kill may have come of that; it is read once a second. */
    private static final long EXHAUSTED_NANOS = 5_000_000_000L;

    private final EventSink events;
    private final GuardClock clock;
    private final List<Loss> losses = new ArrayList<>();
    private final OomCount count = new OomCount();
    private long unexplained;
    private long quietNanos;
    private long settledNanos = Long.MIN_VALUE;
    private long sinceNanos;
    private long exhaustedNanos = Long.MIN_VALUE / 2;
    private final AtomicLong unclaimed = new AtomicLong();
    private volatile long unclaimedUntilNanos;
    private volatile boolean open;

    public KernelOomWatch(EventSink events, GuardClock clock) {
        this.events = events;
        this.clock = clock;
    }

    /** Returns whether a kill by the kernel is not attributed yet. Any thread. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Looks at the readings of a full tick.
     *
     * @param thorough whether to look into the executions' own accounts even if the node's count stands still
     */
    public void look(NodeGauges gauges, NodeBound bound, List<ExecutionMeter> meters, long nowNanos, boolean thorough) {
        if (bound.takeWasBreached()) {
            exhaustedNanos = nowNanos;
        }
        long more = count.increase(gauges);
        long accounted = more > 0 || thorough ? takeAccounts(meters) : 0;
        if (more > 0 || accounted > 0) {
            sinceNanos = nowNanos;
        }
        // Less than nothing where an account that was read after the node's count is ahead of it.
        unexplained += more - accounted;
        if (unexplained < 0 && nowNanos - sinceNanos >= TIMEOUT_NANOS) {
            unexplained = 0;
        }
        open = unexplained > 0;
        if (open) {
            settle(bound, meters, nowNanos);
        }
        if (!open) {
            quietNanos = nowNanos;
        }
    }

    /** Reports what groups with an account of their own have lost since the last time; returns how many processes. */
    private long takeAccounts(List<ExecutionMeter> meters) {
        long sum = 0;
        for (ExecutionMeter meter : meters) {
            long taken = meter.newKernelOomKills();
            if (taken > 0) {
                tell(meter.watched(), taken, boundOf(meter));
                sum += taken;
            }
        }
        return sum;
    }

    private static String boundOf(ExecutionMeter meter) {
        return meter.watched()
                .group()
                .kernelOomBound()
                .map(bound -> "what ran out was " + bound)
                .orElse("counted by its own cgroup");
    }

    private void settle(NodeBound bound, List<ExecutionMeter> meters, long nowNanos) {
        losses.clear();
        long heaviestAlive = 0;
        long lost = 0;
        for (ExecutionMeter meter : meters) {
            if (!meter.hasKernelOomAccount()) {
                heaviestAlive = Math.max(heaviestAlive, heaviest(meter.usage()));
                gather(meter);
            }
        }
        long likely = 0;
        for (Loss loss : losses) {
            lost += loss.bytes();
            likely += loss.bytes() >= heaviestAlive / 2 ? 1 : 0;
        }
        if (count.ofMachine() && !wasExhausted(bound, lost, nowNanos)) {
            losses.clear();
            close(nowNanos);
            return;
        }
        if (likely >= unexplained || nowNanos - sinceNanos >= TIMEOUT_NANOS) {
            close(nowNanos);
        }
    }

    /** Returns whether the memory was used up lately, or would have been with what was lost. */
    private boolean wasExhausted(NodeBound bound, long lostBytes, long nowNanos) {
        return nowNanos - exhaustedNanos < EXHAUSTED_NANOS
                || (bound.isKnown() && bound.usedBytes() + lostBytes >= bound.thresholdBytes());
    }

    private static long heaviest(GroupUsage usage) {
        long most = 0;
        for (int i = 0; i < usage.count(); i++) {
            most = Math.max(most, usage.rssBytes(i));
        }
        return most;
    }

    private void gather(ExecutionMeter meter) {
        LostProcesses lost = meter.lost();
        for (int i = 0; i < lost.count(); i++) {
            Death death = lost.death(i);
            boolean mayBeIt = death == Death.SIGKILL || (death == Death.UNKNOWN && !count.ofMachine());
            if (mayBeIt && lost.seenAtNanos(i) >= quietNanos && lost.seenAtNanos(i) > settledNanos) {
                losses.add(new Loss(meter.watched(), lost.bytes(i)));
            }
        }
    }

    private void close(long nowNanos) {
        losses.sort(Comparator.comparingLong(Loss::bytes).reversed());
        Map<Watched, Long> taken = new LinkedHashMap<>();
        int settled = (int) Math.min(unexplained, losses.size());
        for (Loss loss : losses.subList(0, settled)) {
            taken.merge(loss.watched(), 1L, Long::sum);
        }
        taken.forEach((watched, processes) -> tell(watched, processes, where()));
        if (unexplained > settled) {
            tellUnexplained(unexplained - settled, nowNanos);
        }
        losses.clear();
        unexplained = 0;
        open = false;
        // A loss is explained once.
        settledNanos = nowNanos;
    }

    private void tellUnexplained(long processes, long nowNanos) {
        if (count.ofMachine()) {
            String message = "The kernel's OOM killer took " + processes(processes)
                    + " somewhere on this machine, none that an execution of this guard is known to have lost ("
                    + counted() + " counts processes of other software too)";
            LOG.info("{}", message);
            events.publish(new GuardEvent.KernelOomKill(
                    clock.instant(), Optional.empty(), Optional.empty(), processes, message));
            return;
        }
        unclaimedUntilNanos = nowNanos + CLAIMABLE_NANOS;
        unclaimed.set(processes);
        publish(
                Optional.empty(),
                processes,
                "The kernel's OOM killer took " + processes(processes)
                        + " that no execution of this guard is known to have lost: " + where());
    }

    /**
     * Claims one of the kills that are not attributed yet, on behalf of an execution that has died of SIGKILL lately: its
     * processes may have lived too short a time to be seen. Any thread.
     *
     * @return what is known of it; empty if there is none
     */
    public Optional<String> claim() {
        boolean claimed =
                clock.nanoTime() - unclaimedUntilNanos < 0 && unclaimed.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        return claimed ? Optional.of(where()) : Optional.empty();
    }

    private String where() {
        return (count.ofMachine() ? "the machine" : "the node, or the machine,") + " ran out of memory (" + counted()
                + ")";
    }

    private String counted() {
        return "oom_kill in " + count.source();
    }

    private void tell(Watched watched, long processes, String where) {
        watched.takenByKernel(processes, where);
        publish(
                Optional.of(watched),
                processes,
                "The kernel's OOM killer took " + processes(processes) + " of " + watched.notebook() + " ["
                        + watched.id().shortForm() + "]: " + where);
    }

    private void publish(Optional<Watched> watched, long processes, String message) {
        LOG.warn("{}", message);
        events.publish(new GuardEvent.KernelOomKill(
                clock.instant(), watched.map(Watched::id), watched.map(Watched::notebook), processes, message));
    }

    private static String processes(long number) {
        return number == 1 ? "a process" : number + " processes";
    }

    /** A process that is gone: whose it was, and what it held. */
    private record Loss(Watched watched, long bytes) {}
}
