package io.nbguard.core.workspace;

import io.nbguard.core.announce.GuardProcess;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * Whose something is that may outlive a guard, such as a folder for temporary files: so much of a guard's process that
 * another guard can prove it dead. A process id alone says nothing in another PID namespace, or after a restart of the machine.
 *
 * @param guard the process
 * @param boot which start of which machine
 * @param pidNamespace in which PID namespace
 * @param machine which machine, across its restarts; empty where that is not known
 */
public record FolderOwner(GuardProcess guard, String boot, String pidNamespace, Optional<String> machine) {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");

    /** Returns this process; empty where it cannot be distinguished from processes of other machines. */
    public static Optional<FolderOwner> current() {
        try {
            String pidNamespace = Files.readSymbolicLink(PID_NAMESPACE).toString();
            return Optional.of(new FolderOwner(
                    GuardProcess.current(),
                    Files.readString(BOOT).strip(),
                    pidNamespace,
                    MachineName.ofThisMachine(pidNamespace)));
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
        return isSeenFrom(self) ? !guard.isAlive() : isOfEarlierBoot(self);
    }

    /** Returns it as text, for {@link #parse}. */
    public String toText() {
        return "pid=" + guard.pid() + "\nstartedAt=" + guard.startedAtMillis() + "\nboot=" + boot + "\npidNamespace="
                + pidNamespace + "\n"
                + machine.map(name -> "machine=" + name + "\n").orElse("");
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
                    : Optional.of(
                            new FolderOwner(guard, boot, namespace, Optional.ofNullable(lines.getProperty("machine"))));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
