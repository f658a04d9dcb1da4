package io.nbguard.api.watchdog;

/** What stands between a notebook that eats memory and the end of everything on the node. */
public enum SafetyTier {
    /**
     * The cgroup tree can be read at most: the watchdog must be faster than the notebooks fill the memory. How fast that
     * is, is computed and shown ({@link Safety#survivableFillPerSecond()}).
     */
    READ_ONLY,
    /**
     * Every execution is confined to a cgroup of its own below a common one with a memory limit: whatever a notebook does,
     * the kernel's OOM killer ends an execution and never the node or its controller.
     */
    WRITABLE
}
