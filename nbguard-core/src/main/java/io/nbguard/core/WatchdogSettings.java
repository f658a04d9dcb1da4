package io.nbguard.core;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.watchdog.MemoryThreshold;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.policy.KillPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When the watchdog of a guard looks and acts; see {@link GuardBuilder#watchdog}. Every method checks its argument at
 * once and throws {@link IllegalArgumentException} naming it.
 */
public final class WatchdogSettings {

    private static final WatchdogConfig DEFAULTS = WatchdogConfig.DEFAULTS;

    private @Nullable Double warnAt;
    private @Nullable Double stopAdmittingAt;
    private MemoryThreshold killAt = MemoryThreshold.fraction(Rungs.KILL);
    private @Nullable ByteSize nodeLimit;
    private @Nullable ByteSize memoryBudget;
    private Duration interval = DEFAULTS.interval();
    private Duration coolDown = DEFAULTS.coolDown();
    private boolean dryRun;
    private WatchdogMode mode = WatchdogMode.IN_PROCESS;
    private final List<String> killPolicyNames = new ArrayList<>();
    private final List<KillPolicy> killPolicies = new ArrayList<>();

    WatchdogSettings() {}

    /** Sets the part of the memory limit at which a warning is published. Default 0.80, or less if a later rung is lower. */
    public WatchdogSettings warnAt(double fraction) {
        MemoryThreshold.fraction(fraction);
        warnAt = fraction;
        return this;
    }

    /**
     * Sets the part of the memory limit at which nothing new is started. Default 0.85, or less if killing begins earlier, or
     * more if the warning comes later.
     */
    public WatchdogSettings stopAdmittingAt(double fraction) {
        MemoryThreshold.fraction(fraction);
        stopAdmittingAt = fraction;
        return this;
    }

    /** Sets the part of the memory limit at which the watchdog ends an execution: more than 0, at most 1. Default 0.9375. */
    public WatchdogSettings killAt(double fraction) {
        killAt = MemoryThreshold.fraction(fraction);
        return this;
    }

    /** Sets the node's memory use at which the watchdog ends an execution. */
    public WatchdogSettings killAt(ByteSize size) {
        killAt = MemoryThreshold.bytes(size);
        return this;
    }

    /** Sets a memory limit below the node's own; the lower of the two counts. */
    public WatchdogSettings nodeLimit(ByteSize limit) {
        Objects.requireNonNull(limit, "limit");
        nodeLimit = moreThanNothing("node limit", limit);
        return this;
    }

    /** Sets {@link GuardBuilder#memoryBudget}. */
    void memoryBudget(ByteSize limit) {
        memoryBudget = moreThanNothing("memory budget", limit);
    }

    private static ByteSize moreThanNothing(String what, ByteSize size) {
        if (size.bytes() == 0) {
            throw new IllegalArgumentException("the " + what + " must be more than 0 bytes");
        }
        return size;
    }

    /** Sets the longest pause between two ticks, 10 ms to 1 min; near a limit the loop is faster by itself. Default 1 s. */
    public WatchdogSettings interval(Duration longest) {
        Objects.requireNonNull(longest, "longest");
        interval = longest;
        sampling(Rungs.DEFAULTS);
        return this;
    }

    /** Sets the pause after a confirmed kill before the next one. Default 250 ms. */
    public WatchdogSettings coolDown(Duration pause) {
        Objects.requireNonNull(pause, "pause");
        coolDown = pause;
        sampling(Rungs.DEFAULTS);
        return this;
    }

    /** Makes the watchdog decide and report, but kill nothing. */
    public WatchdogSettings dryRun(boolean dry) {
        dryRun = dry;
        return this;
    }

    /**
     * Sets where the watchdog runs. In a {@linkplain WatchdogMode#SIDECAR sidecar} no pause of this JVM holds it up, and what
     * a killed host leaves behind is ended and removed. It costs a second JVM of some 50 MB, works with plugins that are
     * named and not with instances, and needs this JVM to run from plain jars or folders (else the setting
     * {@code sidecar.classpath} names them). Default: in process.
     */
    public WatchdogSettings mode(WatchdogMode where) {
        Objects.requireNonNull(where, "where");
        mode = where;
        return this;
    }

    /**
     * Adds kill policies by name; each is asked until one has an opinion. nbguard's own may be named without their prefix:
     * {@code heaviest} is {@code nbguard-heaviest}, the default.
     */
    public WatchdogSettings killPolicy(String... names) {
        Objects.requireNonNull(names, "names");
        for (String name : names) {
            killPolicyNames.add(Objects.requireNonNull(name, "one of the names"));
        }
        return this;
    }

    /** Adds kill policies; they are asked before those by name. */
    public WatchdogSettings killPolicies(KillPolicy... policies) {
        Objects.requireNonNull(policies, "policies");
        for (KillPolicy policy : policies) {
            killPolicies.add(Objects.requireNonNull(policy, "one of the policies"));
        }
        return this;
    }

    /**
     * What is set.
     *
     * @param sampling the thresholds, and when to look
     * @param mode where the watchdog runs
     * @param killPolicyNames the kill policies that are asked after {@code killPolicies}
     * @param killPolicies the kill policies that the host has made itself
     */
    record Values(
            WatchdogConfig sampling, WatchdogMode mode, List<String> killPolicyNames, List<KillPolicy> killPolicies) {}

    /**
     * Returns what is set.
     *
     * @throws IllegalArgumentException if thresholds contradict each other
     */
    Values values() {
        return new Values(
                sampling(Rungs.of(warnAt, stopAdmittingAt, killAt)),
                mode,
                List.copyOf(killPolicyNames),
                List.copyOf(killPolicies));
    }

    private WatchdogConfig sampling(Rungs rungs) {
        return new WatchdogConfig(
                interval,
                rungs.warnAt(),
                rungs.stopAdmittingAt(),
                rungs.killAt(),
                Optional.ofNullable(nodeLimit),
                Optional.ofNullable(memoryBudget),
                coolDown,
                DEFAULTS.killTimeout(),
                dryRun);
    }
}
