package io.nbguard.cgroup.process;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;

/**
 * Whether system calls can be made from here.
 *
 * @param available whether {@link LinuxCalls} works
 * @param reason why not, for a person; empty if it does
 */
record NativeAccess(boolean available, String reason) {

    /** The setting that forbids JNA with {@code off}: for hosts that must not load native code, and for tests. */
    static final Setting<Boolean> SETTING = Setting.flag(
                    "cgroup.jna",
                    "`off` does without system calls through JNA: for hosts that must not load native code. No tier but the"
                            + " read-only one then, and sampling costs more.")
            .usually("on");

    /**
     * Looks.
     *
     * @throws io.nbguard.api.GuardException (INVALID_REQUEST) if {@link #SETTING} is mistyped
     */
    static NativeAccess of(PluginConfig configuration) {
        if (!configuration.get(SETTING)) {
            return new NativeAccess(false, SETTING + " = off");
        }
        // The numbers and sizes that LinuxCalls relies on are those of 64-bit Linux.
        if (!"64".equals(System.getProperty("sun.arch.data.model", "64"))) {
            return new NativeAccess(false, "not a 64-bit JVM");
        }
        JnaFolder.choose();
        try {
            long self = ProcessHandle.current().pid();
            return new KernelCpuClock().nanos(self) >= 0
                    ? new NativeAccess(true, "")
                    : new NativeAccess(false, "the kernel refuses the CPU clock of a process");
        } catch (LinkageError | RuntimeException e) {
            // No JNA on the path, no folder to unpack its library into, another C library: all the same to us.
            return new NativeAccess(false, "JNA cannot load: " + e.getMessage());
        }
    }
}
