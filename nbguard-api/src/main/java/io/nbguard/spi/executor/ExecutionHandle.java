package io.nbguard.spi.executor;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a store keeps of an execution under way, so that another JVM finds it again: enough for the executor that made it, and
 * opaque to all others. A local execution's holds its root process, under the names that are constants here.
 *
 * @param executor the name of the executor that launched the execution
 * @param version the form of {@code state}, from 1: an executor reads those that it has written before
 * @param state a few short texts by name, such as the id of a container or of a job; no secrets
 */
public record ExecutionHandle(String executor, int version, Map<String, String> state) {

    /** The process id of the root. */
    public static final String PID = "pid";

    /** When the root started, in clock ticks since boot. */
    public static final String START_TICKS = "startTicks";

    /** Which boot of the machine its process id belongs to. */
    public static final String BOOT = "boot";

    /** Which PID namespace its process id belongs to. */
    public static final String NAMESPACE = "pidNamespace";

    private static final int LONGEST = 8 << 10;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    /**
     * Returns the handle that stands for the root process that nbguard 0.1.0 has kept: it had one executor, and neither boot nor
     * namespace.
     */
    public static ExecutionHandle ofFirstRelease(long pid, long startTicks) {
        return new ExecutionHandle(
                "nbguard-papermill", 1, Map.of(PID, Long.toString(pid), START_TICKS, Long.toString(startTicks)));
    }

    /**
     * Keeps its own copy of the state.
     *
     * @throws IllegalArgumentException if the executor is blank, the version is less than 1, a name in the state is not made of
     *     letters, digits, dots, hyphens and underscores, or the state is longer than 8 Ki characters
     */
    public ExecutionHandle {
        Objects.requireNonNull(executor, "executor");
        if (executor.isBlank()) {
            throw new IllegalArgumentException("a handle's executor is blank; expected the name of an executor");
        }
        if (version < 1) {
            throw new IllegalArgumentException("a handle's version is " + version + "; expected 1 or more");
        }
        state = Collections.unmodifiableMap(new TreeMap<>(state));
        state.keySet().stream()
                .filter(name -> !NAME.matcher(name).matches())
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("a handle's state has the name '" + name
                            + "'; expected letters, digits, dots, hyphens and underscores");
                });
        int length = state.entrySet().stream()
                .mapToInt(entry -> entry.getKey().length()
                        + Objects.requireNonNull(entry.getValue(), entry.getKey())
                                .length())
                .sum();
        if (length > LONGEST) {
            throw new IllegalArgumentException("a handle's state has " + length + " characters; expected " + LONGEST
                    + " at most: keep what finds the execution again, and nothing else");
        }
    }
}
