package io.nbguard.cgroup.process;

import io.nbguard.spi.ProcessTracker;
import io.nbguard.spi.TrackerSession;
import io.nbguard.spi.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Tracks process trees in {@code /proc}: works in any Linux container, without privileges.
 *
 * <p>Settings: {@code cgroup.jna} = {@code off} does without system calls through JNA; {@code cgroup.proc} names another
 * procfs, or a copy of one, whose processes are read but never signalled; {@code cgroup.priority} = {@code nice} or
 * {@code none} keeps the sampling thread from becoming a real-time one.
 */
public final class ProcTracker implements ProcessTracker {

    private static final String PROC_SETTING = "cgroup.proc";

    /** Made by {@link java.util.ServiceLoader}. */
    public ProcTracker() {}

    @Override
    public String name() {
        return "nbguard-procfs";
    }

    @Override
    public int preference() {
        return 100;
    }

    @Override
    public TrackerSession open(Map<String, String> configuration) throws UnavailableException {
        Path proc = Path.of(configuration.getOrDefault(PROC_SETTING, "/proc"));
        if (!Files.isReadable(proc.resolve("loadavg")) && !Files.isDirectory(proc.resolve("self"))) {
            throw new UnavailableException(
                    proc + " is not a procfs",
                    "run on Linux with procfs mounted at /proc, or name it by " + PROC_SETTING);
        }
        Machine machine = Machine.of(proc, configuration);
        return new ProcSession(machine, machine.newReader(), PidCursor.open(machine), System::nanoTime);
    }
}
