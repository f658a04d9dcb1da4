package io.nbguard.core.sampling;

import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.MemoryAccount;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.process.GroupUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The readings of one tick as the sampling thread leaves them for others: plain numbers, reused. A
 * {@link io.nbguard.api.snapshot.Snapshot} is made of it only when a caller asks for one.
 *
 * <p>The sampling thread only ever tries the lock: if a reader is copying just then, this tick's readings are not stored, and
 * the next ones are. So no reader can hold up the watchdog.
 */
final class TickReadings {

    final ReentrantLock lock = new ReentrantLock();
    final NodeGauges node = new NodeGauges();
    final List<Row> rows = new ArrayList<>();
    int rowCount;
    long sequence;
    long takenNanos;
    double nodeCores;
    MemoryRung rung = MemoryRung.NORMAL;
    SafetyTier tier = SafetyTier.READ_ONLY;
    WatchdogMode watchdog = WatchdogMode.IN_PROCESS;
    long reactionNanos;
    long dyingNanos;
    long roomBytes = -1;
    long budgetUsed;
    long totalRss;
    long pauseNanos;
    long lastTickNanos;
    long slowestTickNanos;
    long lagNanos;
    long missedTicks;

    /** Returns the next row to fill; rows are kept from tick to tick. */
    Row nextRow() {
        if (rowCount == rows.size()) {
            rows.add(new Row());
        }
        return rows.get(rowCount++);
    }

    /** Forgets the rows that were not filled, so that ended executions are not kept in memory. */
    void trim() {
        for (int i = rowCount; i < rows.size(); i++) {
            rows.get(i).watched = null;
        }
    }

    /** One execution. */
    static final class Row {
        @Nullable Watched watched;

        final GroupUsage usage = new GroupUsage();
        final GroupUsage older = new GroupUsage();
        long sampledNanos;
        long olderNanos;
        long pssBytes;
        long heldBytes;
        MemoryAccount heldSource = MemoryAccount.RSS;
        long peakHeldBytes;
        long peakRssBytes;
        double cores;

        void take(ExecutionMeter meter, long now) {
            watched = meter.watched();
            usage.copyFrom(meter.usage());
            older.copyFrom(meter.olderWindow());
            sampledNanos = meter.sampledAtNanos();
            olderNanos = meter.olderWindowAtNanos();
            heldBytes = meter.held().bytes();
            heldSource = meter.held().source();
            peakHeldBytes = meter.held().peakBytes();
            pssBytes = meter.held().pssBytes(now);
            peakRssBytes = meter.peakRssBytes();
            cores = meter.cores();
        }
    }
}
