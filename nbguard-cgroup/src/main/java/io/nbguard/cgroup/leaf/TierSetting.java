package io.nbguard.cgroup.leaf;

import io.nbguard.spi.Setting;

/** The setting for how executions are confined. */
final class TierSetting {

    /** Which tier is wanted. */
    enum Tier {
        /** Each notebook in a cgroup of its own where that is possible. */
        AUTO,
        /** Notebooks are only watched. */
        READ_ONLY,
        /** Each notebook in a cgroup of its own, or no guard. */
        WRITABLE
    }

    /** The setting that says which. */
    static final Setting<Tier> TIER = Setting.oneOf(
                    "cgroup.tier",
                    Tier.class,
                    "How notebooks are confined: `writable` gives each a cgroup of its own, or fails; `read-only` only"
                            + " watches; `auto` takes the best that is possible.")
            .usually("auto");

    private TierSetting() {}
}
