package io.nbguard.cgroup.process;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import java.nio.ByteBuffer;

/**
 * The kernel's clock of a process, {@code clock_gettime(MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED))}
 * (clock_getcpuclockid(3)): a sixth of the price of a stat line, and a zombie has one too until it is reaped.
 */
final class KernelCpuClock implements CpuClock {

    private static final int CPUCLOCK_SCHED = 2;

    private final NativeMemory timespec = new NativeMemory(16);
    private final ByteBuffer fields = timespec.buffer();

    @Override
    public long nanos(long pid) {
        int clock = ((int) ~pid << 3) | CPUCLOCK_SCHED;
        if (LinuxCalls.clock_gettime(clock, timespec.address()) != 0) {
            return -1;
        }
        return fields.getLong(0) * 1_000_000_000L + fields.getLong(8);
    }
}
