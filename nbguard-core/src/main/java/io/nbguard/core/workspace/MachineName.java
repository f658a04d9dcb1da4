package io.nbguard.core.workspace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Which machine this is, across its restarts: by its machine-id(5) and its host name. A machine that was cloned may have the id
 * of its original, an image of a container the id of the machine that it was built on; so both must be equal, and a process in
 * a PID namespace other than the machine's own, as in a container, does not know its machine.
 */
final class MachineName {

    private static final Path ID = Path.of("/etc/machine-id");
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    // The kernel gives the first PID namespace this number (PROC_PID_INIT_INO).
    private static final String FIRST_PID_NAMESPACE = "pid:[4026531836]";
    private static final int CHARACTERS = 32;

    private MachineName() {}

    /**
     * Returns a name that says nothing else about the machine; empty where there is none.
     *
     * @param pidNamespace the PID namespace of this process
     */
    static Optional<String> ofThisMachine(String pidNamespace) {
        if (!pidNamespace.equals(FIRST_PID_NAMESPACE)) {
            return Optional.empty();
        }
        try {
            return of(Files.readString(ID), Files.readString(HOST_NAME));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns a digest: machine-id(5) says that the id itself is confidential. */
    static Optional<String> of(String id, String hostName) {
        String known = id.strip();
        if (known.isEmpty() || known.equals("uninitialized")) {
            return Optional.empty();
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("nbguard\n" + known + "\n" + hostName.strip()).getBytes(StandardCharsets.UTF_8));
            return Optional.of(HexFormat.of().formatHex(digest).substring(0, CHARACTERS));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
