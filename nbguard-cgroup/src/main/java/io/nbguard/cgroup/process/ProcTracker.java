package io.nbguard.cgroup.process;

import io.nbguard.spi.ProcessTracker;
import io.nbguard.spi.Setting;
import io.nbguard.spi.TrackerSession;
import io.nbguard.spi.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Tracks process trees in {@code /proc}: works in any Linux container, without privileges.
 *
 * <p>Settings: see {@link #SETTINGS}.
 */
public final class ProcTracker implements ProcessTracker {

    private static final String PROC_SETTING = "cgroup.proc";

    /** What can be set. */
    public static final List<Setting> SETTINGS = List.of(
            new Setting(
                    NativeAccess.SETTING,
                    "`on`",
                    "`off` does without system calls through JNA: for hosts that must not load native code. No tier but the"
                            + " read-only one then, and sampling costs more."),
            new Setting(
                    PROC_SETTING,
                    "`/proc`",
                    "Another procfs, or a copy of one: its processes are read and never signalled."),
            new Setting(
                    PriorityWish.SETTING,
                    "`real-time`",
                    "How far the sampling thread's priority is raised, if this process may do so: `real-time`, `nice` or"
                            + " `none`."));

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
    public List<Setting> settings() {
        return SETTINGS;
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
        if (machine.real()) {
            HiddenProcesses.check();
        }
        return new ProcSession(machine, machine.newReader(), PidCursor.open(machine), System::nanoTime);
    }
}
