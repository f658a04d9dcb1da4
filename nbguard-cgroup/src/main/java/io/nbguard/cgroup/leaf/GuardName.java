package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a guard's folder: names the JVM that made it, so that another guard can find out whether that JVM has died.
 *
 * @param pid the JVM's process id
 * @param startTicks when that started, in clock ticks since boot
 * @param pidNamespace the inode of the PID namespace in which {@code pid} counts
 * @param number distinguishes the guards of one JVM
 * @param keeps whether what lives in it shall go on when the JVM dies
 */
record GuardName(long pid, long startTicks, long pidNamespace, int number, boolean keeps) {

    private static final String KEEPS = "-keeps";
    private static final Pattern FORM =
            Pattern.compile("guard-(\\d{1,10})-(\\d{1,18})-(\\d{1,18})-(\\d{1,9})(" + KEEPS + ")?");

    /** Returns what a folder's name says; empty if it is no guard's. */
    static Optional<GuardName> parse(String name) {
        Matcher matcher = FORM.matcher(name);
        return matcher.matches()
                ? Optional.of(new GuardName(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Long.parseLong(matcher.group(3)),
                        Integer.parseInt(matcher.group(4)),
                        matcher.group(5) != null))
                : Optional.empty();
    }

    /** Returns the name of this JVM's first guard. */
    static GuardName own(Processes processes, boolean keeps) {
        long pid = ProcessHandle.current().pid();
        return new GuardName(pid, processes.startTicks(pid).orElse(0), ownPidNamespace(), 0, keeps);
    }

    private static long ownPidNamespace() {
        try {
            // pid:[4026531836]
            String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return Long.parseLong(link.replaceAll("\\D", ""));
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    GuardName next() {
        return new GuardName(pid, startTicks, pidNamespace, number + 1, keeps);
    }

    /** Returns whether its JVM is known to have died: one of another PID namespace cannot be seen from here. */
    boolean hasDied(Processes processes) {
        return pidNamespace == ownPidNamespace() && !processes.is(pid, startTicks);
    }

    @Override
    public String toString() {
        return "guard-" + pid + "-" + startTicks + "-" + pidNamespace + "-" + number + (keeps ? KEEPS : "");
    }
}
