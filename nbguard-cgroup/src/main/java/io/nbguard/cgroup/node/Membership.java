package io.nbguard.cgroup.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which cgroups this process is in: {@code /proc/self/cgroup} (cgroups(7)). On a hybrid machine every v1 hierarchy has a
 * line of its own beside the one of v2, and the paths differ.
 */
public final class Membership {

    private static final String UNIFIED = "";

    private final Map<String, String> pathByController = new HashMap<>();

    /**
     * Reads it.
     *
     * @param root what stands for {@code /}
     * @throws IOException if {@code /proc/self/cgroup} cannot be read
     */
    static Membership read(Path root) throws IOException {
        return read(root, "self");
    }

    /**
     * Reads which cgroups another process is in, as paths seen from our own cgroup namespace.
     *
     * @param root what stands for {@code /}
     * @param pid its id
     * @throws IOException if there is no such process, or it cannot be read
     */
    public static Membership read(Path root, String pid) throws IOException {
        Membership membership = new Membership();
        String text = new String(
                Files.readAllBytes(root.resolve("proc").resolve(pid).resolve("cgroup")), StandardCharsets.UTF_8);
        for (String line : text.split("\n")) {
            // hierarchy:controllers:path, and the path may hold colons.
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && fields[2].startsWith("/")) {
                Arrays.stream(fields[1].split(","))
                        .forEach(controller -> membership.pathByController.put(controller, fields[2]));
            }
        }
        return membership;
    }

    /** Returns the path in the cgroup v2 hierarchy. */
    public Optional<String> unified() {
        return Optional.ofNullable(pathByController.get(UNIFIED));
    }

    /** Returns the path in the cgroup v1 hierarchy that has {@code controller}. */
    Optional<String> legacy(String controller) {
        return Optional.ofNullable(pathByController.get(controller));
    }
}
