package io.nbguard.cgroup.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One mounted file system, a line of {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)).
 *
 * @param root what of the file system is mounted, as seen from our cgroup namespace; {@code /} for all
 * @param mountPoint where
 * @param type its type, such as {@code cgroup2}
 * @param superOptions the options of the file system; a cgroup v1 one lists its controllers
 * @param readOnly whether this mount, or the file system, refuses writes
 */
public record Mount(String root, String mountPoint, String type, List<String> superOptions, boolean readOnly) {

    private static final int ROOT = 3;
    private static final int MOUNT_POINT = 4;
    private static final int OPTIONS = 5;
    private static final int FIRST_OPTIONAL = 6;

    /** Keeps its own copy. */
    public Mount {
        superOptions = List.copyOf(superOptions);
    }

    /**
     * Returns every mount that this process sees, in the order that they were made.
     *
     * @param root what stands for {@code /}
     * @throws IOException if {@code /proc/self/mountinfo} cannot be read
     */
    public static List<Mount> all(Path root) throws IOException {
        // Not Files.readString: one mount point that is not UTF-8 must not hide all the others.
        String text = new String(Files.readAllBytes(root.resolve("proc/self/mountinfo")), StandardCharsets.UTF_8);
        List<Mount> mounts = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] fields = line.split(" ");
            // The optional fields are any number; a lone dash ends them.
            int dash = FIRST_OPTIONAL;
            while (dash < fields.length && !fields[dash].equals("-")) {
                dash++;
            }
            if (dash + 1 >= fields.length) {
                continue;
            }
            String options = dash + 3 < fields.length ? fields[dash + 3] : "";
            List<String> superOptions = Arrays.asList(options.split(","));
            boolean readOnly = superOptions.contains("ro")
                    || Arrays.asList(fields[OPTIONS].split(",")).contains("ro");
            mounts.add(new Mount(
                    unescape(fields[ROOT]), unescape(fields[MOUNT_POINT]), fields[dash + 1], superOptions, readOnly));
        }
        return mounts;
    }

    /** Undoes the kernel's escapes of blanks and backslashes: a backslash and three octal digits. */
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder out = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && isOctal(field, i + 1)) {
                out.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                out.append(field.charAt(i));
            }
        }
        return out.toString();
    }

    private static boolean isOctal(String field, int from) {
        if (from + 3 > field.length()) {
            return false;
        }
        for (int i = from; i < from + 3; i++) {
            if (field.charAt(i) < '0' || field.charAt(i) > '7') {
                return false;
            }
        }
        return true;
    }
}
