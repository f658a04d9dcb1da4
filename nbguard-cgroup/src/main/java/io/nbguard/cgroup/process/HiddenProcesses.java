package io.nbguard.cgroup.process;

import io.nbguard.cgroup.node.Mount;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whether {@code /proc} hides processes that a guard must see, as its mount option {@code hidepid} does (proc(5)). It hides
 * other users', and those of the same user that cannot be looked into (PR_SET_DUMPABLE): the supervisors of executions, with
 * which the whole tree is lost.
 */
final class HiddenProcesses {

    private static final String HIDE = "hidepid=";
    private static final String GROUP = "gid=";
    private static final List<String> NOTHING_HIDDEN = List.of("0", "off");
    /** The values of {@code hidepid} with which the option {@code gid} exempts no group. */
    private static final List<String> NO_GROUP = List.of("4", "ptraceable");

    private static final int CAP_SYS_PTRACE = 19;

    private HiddenProcesses() {}

    /**
     * Checks that nothing is hidden from this process.
     *
     * @throws UnavailableException if something is
     */
    static void check() throws UnavailableException {
        Optional<String> hiding;
        try {
            hiding = hiding(
                    Mount.all(Path.of("/")),
                    new String(ProcFiles.bytes(Path.of("/proc/self/status")), StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The readers of these files report it if they cannot be read.
            return;
        }
        if (hiding.isPresent()) {
            throw new UnavailableException(
                    "/proc is mounted with " + hiding.get()
                            + ", which hides the supervisors of notebooks from this user: neither the memory of"
                            + " notebooks nor their end could be seen",
                    "mount it without hidepid, or with gid= of a group of this user (mount -o remount,hidepid=2,gid=GROUP"
                            + " /proc), or give this process CAP_SYS_PTRACE");
        }
    }

    /**
     * Returns the option by which processes are hidden.
     *
     * @param mounts all mounts, the latest last
     * @param status {@code /proc/self/status}
     */
    static Optional<String> hiding(List<Mount> mounts, String status) {
        List<String> options = mounts.stream()
                .filter(mount ->
                        mount.mountPoint().equals("/proc") && mount.type().equals("proc"))
                .reduce((earlier, later) -> later)
                .map(Mount::superOptions)
                .orElse(List.of());
        Optional<String> hide = option(options, HIDE).filter(value -> !NOTHING_HIDDEN.contains(value));
        if (hide.isEmpty() || mayLookIntoAll(status)) {
            return Optional.empty();
        }
        String group = option(options, GROUP).orElse("0");
        boolean exempt = !NO_GROUP.contains(hide.get()) && isInGroup(status, group);
        return exempt ? Optional.empty() : Optional.of(HIDE + hide.get());
    }

    private static Optional<String> option(List<String> options, String name) {
        return options.stream()
                .filter(option -> option.startsWith(name))
                .map(option -> option.substring(name.length()))
                .findFirst();
    }

    private static boolean mayLookIntoAll(String status) {
        List<String> effective = values(status, "CapEff:");
        return !effective.isEmpty() && (Long.parseUnsignedLong(effective.get(0), 16) >> CAP_SYS_PTRACE & 1) == 1;
    }

    /** Of the four group ids the last is that for file systems. */
    private static boolean isInGroup(String status, String group) {
        List<String> own = values(status, "Gid:");
        return (own.size() == 4 && own.get(3).equals(group))
                || values(status, "Groups:").contains(group);
    }

    private static List<String> values(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> Arrays.asList(line.substring(name.length()).strip().split("\\s+")))
                .orElse(List.of());
    }
}
