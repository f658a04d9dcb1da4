package io.nbguard.cgroup.process;

import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Where processes are looked at, and by what means.
 *
 * @param proc the root of procfs, or of a copy of one
 * @param real whether that is this machine's own procfs: only then do its ids mean processes that can be asked or signalled
 * @param calls whether system calls can be made
 * @param priority how far the sampling thread's priority may be raised
 * @param pageBytes the size of a page
 * @param nanosPerTick how long a clock tick of {@code stat} is
 * @param spareReaders readers to borrow, for threads other than the sampling one
 */
record Machine(
        Path proc,
        boolean real,
        NativeAccess calls,
        PrioritySetting.Wish priority,
        long pageBytes,
        long nanosPerTick,
        Queue<ProcessReader> spareReaders) {

    private static final long AT_PAGESZ = 6;
    private static final long AT_CLKTCK = 17;

    static Machine of(Path proc, PluginConfig configuration) {
        boolean real = isOwnProcfs(proc);
        NativeAccess calls =
                real ? NativeAccess.of(configuration) : new NativeAccess(false, proc + " is not this machine's /proc");
        return new Machine(
                proc,
                real,
                calls,
                configuration.get(PrioritySetting.PRIORITY),
                auxiliary(AT_PAGESZ, 4096),
                1_000_000_000L / auxiliary(AT_CLKTCK, 100),
                new ConcurrentLinkedQueue<>());
    }

    private static boolean isOwnProcfs(Path proc) {
        try {
            return Files.isSameFile(proc, Path.of("/proc"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads what the kernel passed to this process at its start (getauxval(3)): pages are 64 KiB on some ARM machines. */
    private static long auxiliary(long wanted, long otherwise) {
        try {
            ByteBuffer pairs =
                    ByteBuffer.wrap(ProcFiles.bytes(Path.of("/proc/self/auxv"))).order(ByteOrder.nativeOrder());
            while (pairs.remaining() >= 16) {
                long type = pairs.getLong();
                long value = pairs.getLong();
                if (type == wanted && value > 0) {
                    return value;
                }
            }
            return otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }

    ProcessReader newReader() {
        return calls.available() ? new NativeReader(proc) : new StreamReader(proc);
    }

    /** Returns a reader for the calling thread, to be given back to {@link #spareReaders}. */
    ProcessReader borrowReader() {
        ProcessReader spare = spareReaders.poll();
        return spare == null ? newReader() : spare;
    }
}
