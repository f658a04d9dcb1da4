package io.nbguard.core.sampling;

import io.nbguard.api.GuardEvent;
import io.nbguard.core.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.ContainerGauges;
import io.nbguard.spi.Gauge;
import io.nbguard.spi.GroupUsage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the kernel's OOM killer took processes, and finds out whose they were.
 *
 * <p>Where an execution has a cgroup of its own, that group's account says it. Elsewhere there is one count for the whole
 * container, and the kernel tells nobody unprivileged whom it took; but it takes the heaviest, and whoever it took is gone.
 * So each process that it took is put down to the execution that has lost the heaviest process about that time, and to no
 * other: two that died with one OOM kill between them did not both die of it. A process takes a while to die: while
 * another one lives that is much heavier than all that were lost, the case stays open for two seconds.
 *
 * <p>Sampling thread only, but for {@link #isOpen}; allocates nothing while the count stands still.
 */
final class KernelOomWatch {

    private static final Logger LOG = LoggerFactory.getLogger(KernelOomWatch.class);
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final EventSink events;
    private final GuardClock clock;
    private final List<Loss> losses = new ArrayList<>();
    private long count = -1;
    private String countedIn = "";
    private long unexplained;
    private long sinceNanos;
    private volatile boolean open;

    KernelOomWatch(EventSink events, GuardClock clock) {
        this.events = events;
        this.clock = clock;
    }

    /** Returns whether it is not settled yet whom the kernel took. Any thread. */
    boolean isOpen() {
        return open;
    }

    /**
     * Looks at the readings of a full tick.
     *
     * @param thorough whether to look into the executions' own accounts even if the container's count stands still
     */
    void look(ContainerGauges gauges, List<ExecutionMeter> meters, long nowNanos, boolean thorough) {
        long more = increase(gauges);
        long accounted = more > 0 || thorough ? takeAccounts(meters) : 0;
        if (more > 0 || accounted > 0) {
            sinceNanos = nowNanos;
        }
        // Less than nothing where an account that was read after the container's count is ahead of it.
        unexplained += more - accounted;
        if (unexplained < 0 && nowNanos - sinceNanos >= PATIENCE_NANOS) {
            unexplained = 0;
        }
        open = unexplained > 0;
        if (open) {
            settle(meters, nowNanos);
        }
    }

    private long increase(ContainerGauges gauges) {
        if (!gauges.hasValue(Gauge.MEMORY_OOM_KILLS)) {
            return 0;
        }
        long now = gauges.value(Gauge.MEMORY_OOM_KILLS);
        String source = gauges.source(Gauge.MEMORY_OOM_KILLS);
        // Another file counts for another group: what it says is no increase.
        long more = count < 0 || !source.equals(countedIn) ? 0 : Math.max(0, now - count);
        count = now;
        countedIn = source;
        return more;
    }

    /** Tells of what groups with an account of their own have lost since the last time; returns how many processes. */
    private long takeAccounts(List<ExecutionMeter> meters) {
        long sum = 0;
        for (ExecutionMeter meter : meters) {
            long taken = meter.newKernelOomKills();
            if (taken > 0) {
                tell(meter.watched(), taken, "counted by its own cgroup");
                sum += taken;
            }
        }
        return sum;
    }

    private void settle(List<ExecutionMeter> meters, long nowNanos) {
        long heaviestAlive = 0;
        for (ExecutionMeter meter : meters) {
            if (!meter.hasKernelOomAccount()) {
                heaviestAlive = Math.max(heaviestAlive, heaviest(meter.usage()));
                note(meter, meter.usage());
            }
        }
        long likely = 0;
        for (Loss loss : losses) {
            likely += loss.bytes() >= heaviestAlive / 2 ? 1 : 0;
        }
        if (likely >= unexplained || nowNanos - sinceNanos >= PATIENCE_NANOS) {
            close();
        }
    }

    private static long heaviest(GroupUsage usage) {
        long most = 0;
        for (int i = 0; i < usage.count(); i++) {
            most = Math.max(most, usage.rssBytes(i));
        }
        return most;
    }

    /** Notes which processes of the last two windows are gone. */
    private void note(ExecutionMeter meter, GroupUsage now) {
        for (GroupUsage before : List.of(meter.window(), meter.olderWindow())) {
            // What the tree grew by since then was most likely its heaviest process.
            long growth = Math.max(0, meter.recentPeakRssBytes() - before.totalRssBytes());
            long most = heaviest(before);
            for (int i = 0; i < before.count(); i++) {
                if (before.rssBytes(i) > 0 && !lives(now, before.pid(i), before.startTicks(i))) {
                    long bytes = before.rssBytes(i) + (before.rssBytes(i) == most ? growth : 0);
                    note(new Loss(meter.watched(), before.pid(i), before.startTicks(i), bytes));
                }
            }
        }
    }

    private void note(Loss loss) {
        for (Loss known : losses) {
            if (known.watched() == loss.watched()
                    && known.pid() == loss.pid()
                    && known.startTicks() == loss.startTicks()) {
                return;
            }
        }
        losses.add(loss);
    }

    private static boolean lives(GroupUsage now, long pid, long startTicks) {
        for (int i = 0; i < now.count(); i++) {
            if (now.pid(i) == pid && now.startTicks(i) == startTicks) {
                // A zombie holds nothing any more.
                return now.rssBytes(i) > 0;
            }
        }
        return false;
    }

    private void close() {
        losses.sort(Comparator.comparingLong(Loss::bytes).reversed());
        Map<Watched, Long> taken = new LinkedHashMap<>();
        int settled = (int) Math.min(unexplained, losses.size());
        for (Loss loss : losses.subList(0, settled)) {
            taken.merge(loss.watched(), 1L, Long::sum);
        }
        String where = "the container, or the machine, ran out of memory (oom_kill in " + countedIn + ")";
        taken.forEach((watched, processes) -> tell(watched, processes, where));
        if (unexplained > settled) {
            publish(
                    Optional.empty(),
                    unexplained - settled,
                    "The kernel's OOM killer took " + processes(unexplained - settled)
                            + " that no execution of this guard is known to have lost: " + where);
        }
        losses.clear();
        unexplained = 0;
        open = false;
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
    private record Loss(Watched watched, long pid, long startTicks, long bytes) {}
}
