package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.cgroup.CgroupTier;
import io.nbguard.cli.client.DashboardClient;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.client.ServeAddress;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.view.NodeView;
import io.nbguard.core.NotebookWatch;
import io.nbguard.core.plugin.FoundPlugin;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.server.access.TokenFile;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.executor.Readiness.Check;
import io.nbguard.spi.executor.Readiness.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The checks of {@code doctor}, in the order in which a person would make them. */
final class Examination {

    private static final long LITTLE_DISK = 1L << 30;
    private static final Duration SERVE_ANSWERS = Duration.ofSeconds(5);
    private static final Duration WATCHED = Duration.ofSeconds(1);
    private static final Duration WATCHED_INTERVAL = Duration.ofMillis(10);
    private static final ByteSize FAST_NOTEBOOK = ByteSize.ofBytes(6_000_000_000L);

    private final Plugins plugins;
    private final PluginConfig settings;
    private final Path folder;
    private final List<Check> checks = new ArrayList<>();

    /**
     * Prepares an examination.
     *
     * @param settings the settings that a run would have
     * @param folder where outputs would go
     */
    Examination(Plugins plugins, PluginConfig settings, Path folder) {
        this.plugins = plugins;
        this.settings = settings;
        this.folder = folder;
    }

    /** Makes every check. */
    Readiness checks() {
        java();
        executors();
        tier();
        node();
        outputs();
        temporaryFiles();
        plugins();
        serve();
        return new Readiness(checks);
    }

    /** Asks the serve of this user, if one runs, whether its watchdog acts. */
    private void serve() {
        Optional<ServeAddress> known = ServeAddress.read(RemoteOptions.privateFolder());
        if (known.isEmpty()) {
            return;
        }
        String url = known.get().url();
        try {
            DashboardClient client =
                    new DashboardClient(url, TokenFile.read(known.get().tokenFile()), SERVE_ANSWERS);
            client.get("/healthz");
            add("serve", Level.OK, "the watchdog of the one at " + url + " acts", "");
            ExecutorCheck.unreachable(Item.of(client.get("/api/v1/node")), url).forEach(checks::add);
        } catch (GuardException e) {
            add(
                    "serve",
                    Level.ADVICE,
                    "the one at " + url + " is not well: " + e.getMessage(),
                    "look into its log, and start it anew; 'nbguard serve --watchdog sidecar' runs the watchdog in a"
                            + " process of its own");
        } catch (IOException e) {
            add("serve", Level.ADVICE, "the one at " + url + " cannot be asked: " + e.getMessage(), "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void java() {
        String running = System.getProperty("java.version") + ", " + System.getProperty("java.home");
        if (Runtime.version().feature() < 17) {
            add("Java", Level.PROBLEM, running, "use Java 17 or newer: set JAVA_HOME");
        } else {
            add("Java", Level.OK, running, "");
        }
    }

    private void executors() {
        List<Executor> executors = plugins.usable(PluginKind.EXECUTOR, Executor.class);
        if (executors.isEmpty()) {
            add("executor", Level.PROBLEM, "there is none", "put nbguard-papermill on the class path");
        }
        executors.forEach(executor -> {
            Readiness readiness = executor.check(settings);
            checks.addAll(readiness.checks());
            checks.add(ExecutorCheck.of(executor, settings, executors.size() == 1 && readiness.usable()));
        });
    }

    private void tier() {
        CgroupTier.Report report = CgroupTier.inspect(settings);
        if (report.tier() == CgroupTier.READ_ONLY) {
            // Then no guard is made.
            boolean asked = "writable".equals(settings.values().get("cgroup.tier"));
            add("cgroup tier", asked ? Level.PROBLEM : Level.ADVICE, "read-only: " + report.reason(), report.cure());
        } else {
            add("cgroup tier", Level.OK, "writable: " + report.reason(), "");
        }
    }

    private void node() {
        try (NotebookWatch watch = NotebookWatch.open(WATCHED_INTERVAL, settings)) {
            Thread.sleep(WATCHED.toMillis());
            Snapshot snapshot = watch.snapshot();
            NodeSnapshot node = snapshot.node();
            limit(node.memoryLimit());
            speed(snapshot.safety());
            Map<String, Reading<?>> readings = readings(node);
            readings.forEach((quantity, reading) -> {
                if (reading instanceof Reading.Unavailable<?> unavailable) {
                    boolean needed = quantity.equals("memory");
                    add(
                            quantity,
                            needed ? Level.PROBLEM : Level.ADVICE,
                            "cannot be read: " + unavailable.reason() + " (" + unavailable.source() + ")",
                            needed
                                    ? "run nbguard where the node's memory can be read"
                                    : "nothing to do: it is shown as unknown");
                }
            });
            add(
                    "memory now",
                    Level.OK,
                    NodeView.size(node.memoryUnreclaimable()) + " not reclaimable, from "
                            + node.memoryUnreclaimable().source(),
                    "");
            add("runtime folder", Level.OK, "executions can be announced for 'nbguard top'", "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (GuardException e) {
            add("watching", Level.PROBLEM, String.valueOf(e.getMessage()), "");
        }
    }

    private void limit(Reading<ByteSize> limit) {
        if (limit instanceof Reading.Value<ByteSize> value) {
            add("memory limit", Level.OK, value.get() + ", from " + value.source(), "");
        } else {
            add(
                    "memory limit",
                    Level.ADVICE,
                    NodeView.size(limit) + ", looked for in " + limit.source(),
                    "give a bound of your own with --memory-budget");
        }
    }

    private void speed(Safety safety) {
        if (safety.tier() == SafetyTier.READ_ONLY
                && safety.survivableFillPerSecond() instanceof Reading.Value<ByteSize> rate) {
            boolean fast = rate.get().bytes() >= FAST_NOTEBOOK.bytes();
            add(
                    "watchdog",
                    fast ? Level.OK : Level.ADVICE,
                    "ends a notebook in time that fills up to " + rate.get()
                            + " a second beyond 15/16 of the limit; slowest reaction in a second: "
                            + Spoken.duration(safety.reaction()),
                    fast
                            ? ""
                            : "leave more room with --kill-at, or let the cgroup tree be written (see cgroup tier): two"
                                    + " threads of a notebook fill some 6 GB a second");
        }
    }

    private static Map<String, Reading<?>> readings(NodeSnapshot node) {
        Map<String, Reading<?>> readings = new LinkedHashMap<>();
        readings.put("memory", node.memoryUnreclaimable());
        readings.put("working set", node.memoryWorkingSet());
        readings.put("cpu use", node.cpuTime());
        readings.put("cpu quota", node.coresLimit());
        readings.put("cpu throttling", node.cpuThrottledPeriods());
        readings.put("memory pressure", node.memoryPressure());
        readings.put("cpu pressure", node.cpuPressure());
        readings.put("OOM kills", node.oomKills());
        return readings;
    }

    private void outputs() {
        if (Files.isWritable(folder)) {
            add("outputs", Level.OK, folder + " can be written", "");
        } else {
            add(
                    "outputs",
                    Level.ADVICE,
                    folder + " cannot be written by this user",
                    "give a place with -o, or change the folder");
        }
    }

    private void temporaryFiles() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        try {
            Path probe = Files.createTempDirectory(temporary, "nbguard-doctor");
            Files.delete(probe);
            long free = Files.getFileStore(temporary).getUsableSpace();
            if (free < LITTLE_DISK) {
                add(
                        "temporary files",
                        Level.ADVICE,
                        temporary + " has only " + ByteSize.ofBytes(free) + " left",
                        "make room, or set TMPDIR and -Djava.io.tmpdir to a larger place");
            } else {
                add(
                        "temporary files",
                        Level.OK,
                        temporary + " can be written, " + ByteSize.ofBytes(free) + " free",
                        "");
            }
        } catch (IOException e) {
            add(
                    "temporary files",
                    Level.PROBLEM,
                    temporary + " cannot be written: " + e.getMessage(),
                    "free it for this user, or set -Djava.io.tmpdir to another folder");
        }
    }

    private void plugins() {
        for (FoundPlugin plugin : plugins.all()) {
            plugin.problem()
                    .ifPresent(problem -> add(
                            plugin.kind().title(),
                            Level.ADVICE,
                            plugin.className() + " is not used: " + problem,
                            "mend it, or take it off the class path"));
        }
    }

    private void add(String title, Level level, String finding, String cure) {
        checks.add(new Check(title, level, finding, cure));
    }
}
