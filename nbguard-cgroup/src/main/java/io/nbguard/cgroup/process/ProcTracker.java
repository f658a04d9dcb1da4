package io.nbguard.cgroup.process;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.process.TrackerSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tracks process trees in {@code /proc}: works in any Linux container, without privileges.
 *
 * <p>Settings: see {@link #SETTINGS}.
 */
public final class ProcTracker implements ProcessTracker {

    private static final Setting<Path> PROC = Setting.path(
                    "cgroup.proc", "Another procfs, or a copy of one: its processes are read and never signalled.")
            .usually("/proc");

    /** What can be set. */
    public static final List<Setting<?>> SETTINGS = List.of(NativeAccess.SETTING, PROC, PrioritySetting.PRIORITY);

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
    public List<Setting<?>> settings() {
        return SETTINGS;
    }

    @Override
    public TrackerSession open(PluginConfig configuration) throws UnavailableException {
        Path proc = configuration.get(PROC);
        if (!Files.isReadable(proc.resolve("loadavg")) && !Files.isDirectory(proc.resolve("self"))) {
            throw new UnavailableException(
                    proc + " is not a procfs", "run on Linux with procfs mounted at /proc, or name it by " + PROC);
        }
        Machine machine = Machine.of(proc, configuration);
        if (machine.real()) {
            HiddenProcesses.check();
        }
        return new ProcSession(machine, machine.newReader(), PidCursor.open(machine), System::nanoTime);
    }
}
