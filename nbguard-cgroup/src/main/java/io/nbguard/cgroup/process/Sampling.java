package io.nbguard.cgroup.process;

import io.nbguard.cgroup.kernel.KernelText;
import org.jspecify.annotations.Nullable;

/** What the sampling thread reads with: buffers that every member shares. */
final class Sampling {

    final Machine machine;
    final KernelText text = new KernelText(1024);
    final StatLine line = new StatLine();
    final ProcessReader reader;

    /** The clock of processes, or null where processor time must come from {@code stat}. */
    final @Nullable CpuClock clock;

    /** How processes ended, or null where the kernel does not show it. */
    final @Nullable ExitStatus exits;

    /**
     * Whether the sampling thread was interrupted. An interrupt closes the channel that is being read, so it is taken
     * back at once, the channel opened again, and the interrupt restored when the tick is over.
     */
    boolean interrupted;

    Sampling(Machine machine, ProcessReader reader) {
        this.machine = machine;
        this.reader = reader;
        clock = machine.calls().available() ? new KernelCpuClock() : null;
        exits = ExitStatus.isReported(machine) ? new ExitStatus() : null;
    }

    /** Takes back an interrupt of this thread; it is restored when the tick is over. */
    void holdInterrupt() {
        interrupted |= Thread.interrupted();
    }
}
