package io.nbguard.core.execution;

import io.nbguard.core.workspace.LocalHandle;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.process.ProcessGroup;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What finds one execution again when its guard is gone: what its executor has kept, else the root of its process tree, once it has
 * one. Any thread.
 */
final class RunHandle {

    private final String executor;
    private volatile @Nullable ExecutionHandle kept;
    private volatile @Nullable ExecutionHandle ofRoot;

    /**
     * Begins.
     *
     * @param executor the name of its executor
     * @param before what another guard has kept, if one has
     */
    RunHandle(String executor, Optional<ExecutionHandle> before) {
        this.executor = executor;
        kept = before.orElse(null);
    }

    /** Takes what its executor has kept. */
    void keep(ExecutionHandle handle) {
        kept = handle;
    }

    /**
     * Returns it.
     *
     * @param group its processes; null where there are none here
     */
    Optional<ExecutionHandle> get(@Nullable ProcessGroup group) {
        ExecutionHandle own = kept;
        if (own != null || group == null || group.root().isEmpty()) {
            return Optional.ofNullable(own);
        }
        ExecutionHandle made = ofRoot;
        if (made == null) {
            made = LocalHandle.of(executor, 1, Map.of(), group.root().get());
            ofRoot = made;
        }
        return Optional.of(made);
    }
}
