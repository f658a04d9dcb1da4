package io.nbguard.cgroup.process;

import io.nbguard.spi.PluginConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** What others in this module may ask about single processes. Safe for use by any thread. */
public final class Processes {

    private final Machine machine;

    private Processes(Machine machine) {
        this.machine = machine;
    }

    /** Looks at the processes of this machine; the settings are those of {@link ProcTracker}. */
    public static Processes of(PluginConfig configuration) {
        return new Processes(Machine.of(Path.of("/proc"), configuration));
    }

    /** Returns why no system calls can be made, for a person; empty if they can. */
    public Optional<String> noCalls() {
        return machine.calls().available()
                ? Optional.empty()
                : Optional.of(machine.calls().reason());
    }

    /** Returns when a process started, in clock ticks since boot; empty if there is no such process. */
    public OptionalLong startTicks(long pid) {
        ProcessReader reader = machine.borrowReader();
        try {
            StatLine line = new StatLine();
            return reader.read(pid, line) == ProcessReader.Look.FOUND
                    ? OptionalLong.of(line.start())
                    : OptionalLong.empty();
        } finally {
            machine.spareReaders().add(reader);
        }
    }

    /** Returns the parent's id; empty if there is no such process. */
    public OptionalLong parent(long pid) {
        ProcessReader reader = machine.borrowReader();
        try {
            StatLine line = new StatLine();
            return reader.read(pid, line) == ProcessReader.Look.FOUND
                    ? OptionalLong.of(line.parent())
                    : OptionalLong.empty();
        } finally {
            machine.spareReaders().add(reader);
        }
    }

    /** Returns whether {@code pid} is the process that started at {@code startTicks}. */
    public boolean is(long pid, long startTicks) {
        return startTicks(pid).equals(OptionalLong.of(startTicks));
    }

    /** Begins to read processes that are named one by one; for the tables of one sampling thread. */
    public TableReader newReader() {
        return new TableReader(new Sampling(machine, machine.newReader()));
    }

    /** The buffers that the tables of one sampling thread share. */
    public static final class TableReader {

        private final Sampling sampling;

        private TableReader(Sampling sampling) {
            this.sampling = sampling;
        }

        Sampling sampling() {
            return sampling;
        }

        /** Takes back an interrupt of this thread, which would close what is being read; {@link #restoreInterrupt} follows. */
        public void holdInterrupt() {
            sampling.holdInterrupt();
        }

        /** Gives the interrupt back, if there was one. */
        public void restoreInterrupt() {
            if (sampling.interrupted) {
                sampling.interrupted = false;
                Thread.currentThread().interrupt();
            }
        }
    }
}
