package io.nbguard.core.workspace;

import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.process.ProcessIdentity;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The part of an {@link ExecutionHandle} that says which process of this machine is the root of a local execution. */
public final class LocalHandle {

    private LocalHandle() {}

    /** Returns a handle with a root process added to the executor's own state. */
    public static ExecutionHandle of(String executor, int version, Map<String, String> state, ProcessIdentity root) {
        Map<String, String> all = new HashMap<>(state);
        all.put(ExecutionHandle.PID, Long.toString(root.pid()));
        all.put(ExecutionHandle.START_TICKS, Long.toString(root.startTicks()));
        FolderOwner.current().ifPresent(self -> {
            all.put(ExecutionHandle.BOOT, self.boot());
            all.put(ExecutionHandle.NAMESPACE, self.pidNamespace());
        });
        return new ExecutionHandle(executor, version, all);
    }

    /** Returns whether a handle is of processes of a machine, and not of an engine. */
    public static boolean isLocal(ExecutionHandle handle) {
        return handle.state().containsKey(ExecutionHandle.PID);
    }

    /**
     * Returns the root process of a local execution; empty for an engine's, and where the process id is of another boot or
     * namespace than this process's: it means another process here.
     */
    public static Optional<ProcessIdentity> root(ExecutionHandle handle) {
        Map<String, String> state = handle.state();
        try {
            return isLocal(handle) && isOfHere(state)
                    ? Optional.of(new ProcessIdentity(
                            Long.parseLong(state.getOrDefault(ExecutionHandle.PID, "")),
                            Long.parseLong(state.getOrDefault(ExecutionHandle.START_TICKS, ""))))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isOfHere(Map<String, String> state) {
        // Stores of nbguard 0.1.0 have neither; there the guard's own identity is compared.
        String boot = state.get(ExecutionHandle.BOOT);
        String namespace = state.get(ExecutionHandle.NAMESPACE);
        return boot == null
                || FolderOwner.current()
                        .filter(self ->
                                boot.equals(self.boot()) && self.pidNamespace().equals(namespace))
                        .isPresent();
    }
}
