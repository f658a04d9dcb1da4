package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.WatchdogSettings;
import io.nbguard.core.plugin.SettingSource;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that runs notebooks: what may be used, and with which settings. */
final class GuardOptions {

    @Mixin
    BudgetOption memoryBudget = new BudgetOption();

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
            names = "--kernel-timeout",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description =
                    "How long a kernel may take to start, such as 5m for one on a slow network disk or with Spark. Default:"
                            + " 2m.")
    @Nullable Duration kernelTimeout;

    @Mixin
    SettingOptions settings = new SettingOptions();

    /** Made by picocli. */
    GuardOptions() {}

    /**
     * Returns the settings of plugins that hold.
     *
     * @param folder the current folder
     * @throws GuardException (INVALID_REQUEST) if one of them is mistyped
     */
    PluginConfig settings(Path folder) {
        List<SettingSource> options = new ArrayList<>();
        if (tier != null) {
            options.add(SettingSource.of("--tier", Map.of("cgroup.tier", tier)));
        }
        if (kernelTimeout != null) {
            options.add(
                    SettingSource.of("--kernel-timeout", Map.of("papermill.kernel.timeout", kernelTimeout.toString())));
        }
        return settings.read(folder, options);
    }

    /** Returns {@code builder} with these options, and with settings as {@link #settings(Path)} has read them. */
    GuardBuilder applyTo(GuardBuilder builder, PluginConfig read) {
        if (memoryBudget.size != null) {
            builder.memoryBudget(memoryBudget.size);
        }
        return builder.plugins(p -> read.values().forEach(p::configure))
                .watchdog(this::applyTo)
                .lifecycle(l -> l.stopGrace(grace).announce(true).shutdownHook(true));
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
