package io.nbguard.core.workspace;

import io.nbguard.core.announce.GuardProcess;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Whose something is that may outlive a guard, such as a folder for temporary files: so much of a guard's process that
 * another guard can prove it dead. A process id alone says nothing in another PID namespace, or after a restart of the machine.
 *
 * @param guard the process
 * @param boot which start of which machine
 * @param pidNamespace in which PID namespace
 * @param machine which machine, across its restarts; empty where that is not known
 * @param startTicks when the process started, in clock ticks since boot, which setting the clock does not change; empty where that is
 *     not known
 */
public record FolderOwner(
        GuardProcess guard, String boot, String pidNamespace, Optional<String> machine, OptionalLong startTicks) {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int START = 22;
    private static final int FIRST_AFTER_NAME = 3;
    private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");

    /** Returns this process; empty where it cannot be distinguished from processes of other machines. */
    public static Optional<FolderOwner> current() {
        try {
            String pidNamespace = Files.readSymbolicLink(PID_NAMESPACE).toString();
            return Optional.of(new FolderOwner(
                    GuardProcess.current(),
                    Files.readString(BOOT).strip(),
                    pidNamespace,
                    MachineName.ofThisMachine(pidNamespace),
                    ticks("self")));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** Returns whether {@code self} can see whether this process lives. */
    public boolean isSeenFrom(FolderOwner self) {
        return boot.equals(self.boot) && pidNamespace.equals(self.pidNamespace);
    }

    /** Returns whether it ran on the machine of {@code self} before that was started the last time: nothing of it lives. */
    public boolean isOfEarlierBoot(FolderOwner self) {
        return machine.isPresent() && machine.equals(self.machine) && !boot.equals(self.boot);
    }

    /** Returns whether it is proved that this process does not live, as seen by {@code self}. */
    public boolean isDead(FolderOwner self) {
        return isSeenFrom(self) ? !isAlive() : isOfEarlierBoot(self);
    }

    /** A clock that was set since makes another date of the same start, and another time namespace other ticks: one is enough. */
    private boolean isAlive() {
        return guard.isAlive() || (startTicks.isPresent() && startTicks.equals(ticks(Long.toString(guard.pid()))));
    }

    /** Reads when a process started (proc_pid_stat(5), field 22); empty if there is none, it has ended, or it may not be read. */
    private static OptionalLong ticks(String process) {
        try {
            String stat = Files.readString(Path.of("/proc", process, "stat"), StandardCharsets.ISO_8859_1);
            // A process's name may have blanks and parentheses in it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[0].equals("Z")
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(fields[START - FIRST_AFTER_NAME]));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns it as text, for {@link #parse}. */
    public String toText() {
        return "pid=" + guard.pid() + "\nstartedAt=" + guard.startedAtMillis() + "\nboot=" + boot + "\npidNamespace="
                + pidNamespace + "\n"
                + machine.map(name -> "machine=" + name + "\n").orElse("")
                + (startTicks.isPresent() ? "startTicks=" + startTicks.getAsLong() + "\n" : "");
    }

    /** Reads what {@link #toText} made; empty if it is something else. */
    public static Optional<FolderOwner> parse(String text) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(text));
            String boot = lines.getProperty("boot", "");
            String namespace = lines.getProperty("pidNamespace", "");
            GuardProcess guard = new GuardProcess(
                    Long.parseLong(lines.getProperty("pid", "")), Long.parseLong(lines.getProperty("startedAt", "")));
            return boot.isEmpty() || namespace.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new FolderOwner(
                            guard,
                            boot,
                            namespace,
                            Optional.ofNullable(lines.getProperty("machine")),
                            startTicks(lines.getProperty("startTicks"))));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong startTicks(@Nullable String text) {
        return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }
}
