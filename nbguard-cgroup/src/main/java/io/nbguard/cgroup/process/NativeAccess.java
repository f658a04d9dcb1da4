package io.nbguard.cgroup.process;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.cgroup.libc.LinuxCalls;
import java.util.Map;

/**
 * Whether system calls can be made from here.
 *
 * @param available whether {@link LinuxCalls} works
 * @param reason why not, for a person; empty if it does
 */
record NativeAccess(boolean available, String reason) {

    /** The setting that forbids JNA with {@code off}: for hosts that must not load native code, and for tests. */
    static final String SETTING = "cgroup.jna";

    /**
     * Looks.
     *
     * @throws GuardException (INVALID_REQUEST) if {@link #SETTING} cannot be meant
     */
    static NativeAccess of(Map<String, String> configuration) {
        String wish = configuration.getOrDefault(SETTING, "on");
        if (wish.equals("off")) {
            return new NativeAccess(false, SETTING + " = off");
        }
        if (!wish.equals("on")) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST, SETTING + " = '" + wish + "' is not a setting: expected on or off");
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
