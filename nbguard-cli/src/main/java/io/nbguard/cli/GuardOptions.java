package io.nbguard.cli;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.PluginSettings;
import io.nbguard.core.WatchdogSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that runs notebooks: what may be used, and with which Python. */
final class GuardOptions {

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description =
                    "The most memory that the notebooks may hold together, such as 800m or 2g. Beyond 15/16 of it,"
                            + " the watchdog ends the heaviest.")
    @Nullable ByteSize memoryBudget;

    @Option(
            names = "--kill-at",
            paramLabel = "PART|SIZE",
            converter = Converters.Threshold.class,
            description = "When the watchdog acts: a part of the node's memory limit and of the budget, such as 0.9"
                    + " or 90%%, or a size, such as 15000m. Default: 15/16.")
    @Nullable KillThreshold killAt;

    @Option(
            names = "--kill-policy",
            paramLabel = "NAME",
            split = ",",
            description = "Who is ended first; several are asked in their order. 'nbguard doctor' lists them. Default:"
                    + " heaviest.")
    String[] killPolicies = {};

    @Option(
            names = "--tier",
            paramLabel = "TIER",
            description =
                    "How notebooks are confined: 'writable' gives each a cgroup of its own, so that the kernel never"
                            + " ends any other; 'read-only' only watches; 'auto' takes the best that is possible here. Default:"
                            + " auto; 'nbguard doctor' says which that is.")
    @Nullable String tier;

    @Option(
            names = "--watchdog",
            paramLabel = "WHERE",
            converter = Converters.Watchdog.class,
            description =
                    "Where the watchdog runs: 'in-process', or 'sidecar' for a small Java machine beside this one, which"
                            + " no pause of this one holds up and which outlives it. Default: in-process; with 'serve', sidecar.")
    @Nullable WatchdogMode watchdog;

    @Option(names = "--dry-run", description = "Only report what the watchdog would end; end nothing.")
    boolean dryRun;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description = "How long a notebook may tidy up after Ctrl-C before it is killed. Default: 5s.")
    Duration grace = Duration.ofSeconds(5);

    @Option(
            names = "--python",
            paramLabel = "PATH",
            description =
                    "The Python to use: an interpreter or a virtual environment with papermill. Default: $NBGUARD_PYTHON,"
                            + " else a private environment that is made on first use.")
    @Nullable Path python;

    @Option(
            names = "--kernel-timeout",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description =
                    "How long a kernel may take to start, such as 5m for one on a slow network disk or with Spark. Default:"
                            + " 2m.")
    @Nullable Duration kernelTimeout;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "A setting of nbguard or of a plugin, such as cgroup.reserve=512m; the README lists them. Can be"
                            + " repeated.")
    Map<String, String> settings = new LinkedHashMap<>();

    /** Made by picocli. */
    GuardOptions() {}

    /** Returns {@code builder} with these options. */
    GuardBuilder applyTo(GuardBuilder builder) {
        if (memoryBudget != null) {
            builder.memoryBudget(memoryBudget);
        }
        builder.plugins(this::applyTo);
        if (python != null) {
            builder.python(python);
        }
        return builder.watchdog(this::applyTo)
                .lifecycle(l -> l.stopGrace(grace).announce(true).shutdownHook(true));
    }

    private void applyTo(PluginSettings plugins) {
        settings.forEach(plugins::configure);
        if (tier != null) {
            plugins.configure("cgroup.tier", tier);
        }
        if (kernelTimeout != null) {
            plugins.configure("papermill.kernel.timeout", kernelTimeout.toString());
        }
    }

    private void applyTo(WatchdogSettings settings) {
        if (killAt instanceof KillThreshold.Fraction fraction) {
            settings.killAt(fraction.of());
        } else if (killAt instanceof KillThreshold.Bytes bytes) {
            settings.killAt(bytes.size());
        }
        if (killPolicies.length > 0) {
            settings.killPolicy(killPolicies);
        }
        settings.mode(watchdog == null ? WatchdogMode.IN_PROCESS : watchdog).dryRun(dryRun);
    }
}
