package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardListener;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.announce.RuntimeFolder;
import io.nbguard.core.watchdog.MemoryThreshold;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.core.workspace.OutputTemplate;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.store.HistoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link NotebookGuard}. Only {@link #notebooks} must be set. Every method checks its argument at once and
 * throws {@link IllegalArgumentException} naming it. Not safe for use by many threads.
 */
public final class GuardBuilder {

    private static final WatchdogConfig DEFAULTS = WatchdogConfig.DEFAULTS;

    private @Nullable Path notebooks;
    private @Nullable Path outputs;
    private OutputTemplate outputTemplate = OutputTemplate.DEFAULT;
    private @Nullable Double warnAt;
    private @Nullable Double stopAdmittingAt;
    private MemoryThreshold killAt = MemoryThreshold.fraction(Rungs.KILL);
    private @Nullable ByteSize nodeLimit;
    private @Nullable ByteSize memoryBudget;
    private Duration interval = DEFAULTS.interval();
    private Duration coolDown = DEFAULTS.coolDown();
    private boolean dryRun;
    private WatchdogMode watchdog = WatchdogMode.IN_PROCESS;
    private int maxConcurrent = 10;
    private int maxQueued = 10_000;
    private int rememberEnded = 1_000;
    private Duration stopGrace = Duration.ofSeconds(5);
    private CloseAction onClose = CloseAction.STOP_IMMEDIATELY;
    private boolean shutdownHook;
    private boolean automaticEmergencyShutdown = true;
    private boolean announce = true;
    private @Nullable Path runtimeDirectory;
    private @Nullable Path temporaryFiles;
    private final Map<String, String> configuration = new HashMap<>();
    private final List<String> killPolicyNames = new ArrayList<>();
    private final List<KillPolicy> killPolicies = new ArrayList<>();
    private final Map<String, ExecutorChoice> executors = new LinkedHashMap<>();
    private final Map<String, String> executorsByTag = new LinkedHashMap<>();
    private @Nullable String historyStoreName;
    private @Nullable HistoryStore historyStore;
    private boolean restoreSchedules = true;
    private HostDeath hostDeath = HostDeath.END;
    private List<ResourceProbe> probes = List.of();
    private @Nullable ProcessTracker tracker;
    private List<DeviceProbe> deviceProbes = List.of();
    private final List<GuardListener> listeners = new ArrayList<>();
    private @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
    private GuardClock clock = GuardClock.SYSTEM;
    private ThreadFactory threads = Thread::new;

    GuardBuilder() {}

    /** Sets the folder whose notebooks may be run; it must be there. */
    public GuardBuilder notebooks(Path folder) {
        Objects.requireNonNull(folder, "folder");
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("notebooks folder '" + folder + "' is not a folder");
        }
        notebooks = folder.toAbsolutePath().normalize();
        return this;
    }

    /** Sets where executed notebooks go; the folder is made if it is not there. Default: the notebooks folder. */
    public GuardBuilder outputs(Path folder) {
        Objects.requireNonNull(folder, "folder");
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("outputs folder '" + folder + "' is not a folder");
        }
        outputs = folder.toAbsolutePath().normalize();
        return this;
    }

    /**
     * Sets how executed notebooks are called, with the placeholders {@code {name}}, {@code {timestamp}}, {@code {date}} (both
     * UTC), {@code {id}} and {@code {owner}}, and {@code /} between folders. A file that is there is never overwritten: the new
     * one gets {@code -2}, {@code -3}, … What an executor of other files leaves keeps its own extension instead of
     * {@code .ipynb}. Default: {@code {name}_exec_{timestamp}_{id}.ipynb}.
     */
    public GuardBuilder outputTemplate(String template) {
        Objects.requireNonNull(template, "template");
        outputTemplate = OutputTemplate.parse(template);
        return this;
    }

    /** Sets the part of the memory limit at which the watchdog ends an execution: more than 0, at most 1. Default 0.9375. */
    public GuardBuilder killAt(double fraction) {
        killAt = MemoryThreshold.fraction(fraction);
        return this;
    }

    /** Sets the node's memory use at which the watchdog ends an execution. */
    public GuardBuilder killAt(ByteSize size) {
        killAt = MemoryThreshold.bytes(size);
        return this;
    }

    /** Sets the part of the memory limit at which a warning is published. Default 0.80, or less if a later rung is lower. */
    public GuardBuilder warnAt(double fraction) {
        MemoryThreshold.fraction(fraction);
        warnAt = fraction;
        return this;
    }

    /**
     * Sets the part of the memory limit at which nothing new is started. Default 0.85, or less if killing begins earlier, or
     * more if the warning comes later.
     */
    public GuardBuilder stopAdmittingAt(double fraction) {
        MemoryThreshold.fraction(fraction);
        stopAdmittingAt = fraction;
        return this;
    }

    /** Sets a memory limit below the node's own; the lower of the two counts. */
    public GuardBuilder nodeLimit(ByteSize limit) {
        Objects.requireNonNull(limit, "limit");
        nodeLimit = moreThanNothing("node limit", limit);
        return this;
    }

    /** Bounds what all executions together hold, shared pages counted once; the watchdog keeps it like the node's limit. */
    public GuardBuilder memoryBudget(ByteSize limit) {
        Objects.requireNonNull(limit, "limit");
        memoryBudget = moreThanNothing("memory budget", limit);
        return this;
    }

    private static ByteSize moreThanNothing(String what, ByteSize size) {
        if (size.bytes() == 0) {
            throw new IllegalArgumentException("the " + what + " must be more than 0 bytes");
        }
        return size;
    }

    /** Sets how many executions run at once; others wait in the order they came. Default 10. */
    public GuardBuilder maxConcurrent(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("maxConcurrent must be 1 or more, not " + most);
        }
        maxConcurrent = most;
        return this;
    }

    /**
     * Sets how many executions may wait beyond those that run; further requests are refused with code OVERLOADED. Default
     * 10,000.
     */
    public GuardBuilder maxQueued(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("maxQueued must be 0 or more, not " + most);
        }
        maxQueued = most;
        return this;
    }

    /** Sets how many executions that have ended are remembered. Default 1,000. */
    public GuardBuilder rememberEnded(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("rememberEnded must be 0 or more, not " + most);
        }
        rememberEnded = most;
        return this;
    }

    /** Sets the longest pause between two ticks, 10 ms to 1 min; near a limit the loop is faster by itself. Default 1 s. */
    public GuardBuilder interval(Duration longest) {
        Objects.requireNonNull(longest, "longest");
        interval = longest;
        sampling(Rungs.DEFAULTS);
        return this;
    }

    /** Sets the pause after a confirmed kill before the next one. Default 250 ms. */
    public GuardBuilder coolDown(Duration pause) {
        Objects.requireNonNull(pause, "pause");
        coolDown = pause;
        sampling(Rungs.DEFAULTS);
        return this;
    }

    /** Makes the watchdog decide and report, but kill nothing. */
    public GuardBuilder dryRun(boolean dry) {
        dryRun = dry;
        return this;
    }

    /**
     * Sets where the watchdog runs. In a {@linkplain WatchdogMode#SIDECAR sidecar} no pause of this JVM holds it up, and what
     * a killed host leaves behind is ended and removed. It costs a second JVM of some 50 MB, works with plugins that are
     * named and not with instances, and needs this JVM to run from plain jars or folders (else the setting
     * {@code sidecar.classpath} names them). Default: in process.
     */
    public GuardBuilder watchdog(WatchdogMode mode) {
        Objects.requireNonNull(mode, "mode");
        watchdog = mode;
        return this;
    }

    /**
     * Adds kill policies by name; each is asked until one has an opinion. nbguard's own may be named without their prefix:
     * {@code heaviest} is {@code nbguard-heaviest}, the default.
     */
    public GuardBuilder killPolicy(String... names) {
        Objects.requireNonNull(names, "names");
        for (String name : names) {
            killPolicyNames.add(Objects.requireNonNull(name, "one of the names"));
        }
        return this;
    }

    /** Adds kill policies; they are asked before those by name. */
    public GuardBuilder killPolicies(KillPolicy... policies) {
        Objects.requireNonNull(policies, "policies");
        for (KillPolicy policy : policies) {
            killPolicies.add(Objects.requireNonNull(policy, "one of the policies"));
        }
        return this;
    }

    /**
     * Sets the resource probes to use, best first, instead of those that are found: to read a node in a way of the host's own.
     * Each is opened by {@link #build}, on its thread, and closed with the guard; {@code build} fails if one of them cannot
     * work here, unless no execution runs on this machine. How its session is called, and what becomes of one that does not
     * answer, is told at {@link io.nbguard.spi.probe.ProbeSession}. Excludes {@link WatchdogMode#SIDECAR}, which makes probes anew
     * from the name of their class: make them services for that.
     */
    public GuardBuilder probes(ResourceProbe... instances) {
        Objects.requireNonNull(instances, "instances");
        for (ResourceProbe instance : instances) {
            Objects.requireNonNull(instance, "one of the instances");
        }
        probes = List.of(instances);
        return this;
    }

    /**
     * Sets the process tracker to use instead of those that are found. It is opened by {@link #build}, on its thread, and
     * closed with the guard; {@code build} fails if it cannot work here. It is not opened where all executors run elsewhere. How
     * its session is called is told at {@link io.nbguard.spi.process.TrackerSession}: the sampling thread waits for it, so that what it
     * does must be quick. Excludes {@link WatchdogMode#SIDECAR}, as {@link #probes} does.
     */
    public GuardBuilder tracker(ProcessTracker instance) {
        Objects.requireNonNull(instance, "instance");
        tracker = instance;
        return this;
    }

    /**
     * Sets the device probes to use, all of them together, instead of those that are found. Each is opened when devices are
     * asked for the first time ({@link NotebookGuard#devices}), on a thread of its own, and closed with the guard; what cannot be
     * opened is shown as unavailable with the reason. How its session is called is told at
     * {@link io.nbguard.spi.device.DeviceSession}.
     */
    public GuardBuilder deviceProbes(DeviceProbe... instances) {
        Objects.requireNonNull(instances, "instances");
        for (DeviceProbe instance : instances) {
            Objects.requireNonNull(instance, "one of the instances");
        }
        deviceProbes = List.of(instances);
        return this;
    }

    /**
     * Adds an executor by name. The first that is added runs the requests that name none. Default: all that are found and can
     * work here, nbguard's own before others. {@link #build} fails if one that is added cannot work. One of a name that was added
     * already replaces the other.
     */
    public GuardBuilder executor(String name) {
        Objects.requireNonNull(name, "name");
        return add(new ExecutorChoice(name, null));
    }

    /** Adds an executor; see {@link #executor(String)}. */
    public GuardBuilder executor(Executor instance) {
        Objects.requireNonNull(instance, "instance");
        return add(new ExecutorChoice(instance.name(), instance));
    }

    private GuardBuilder add(ExecutorChoice choice) {
        executors.put(choice.name(), choice);
        return this;
    }

    /**
     * Sets which executor runs the requests with a tag that name no executor. Of several tags with a rule the first of the request
     * counts.
     *
     * @param name an executor of this guard; {@link #build} fails if there is none of this name
     */
    public GuardBuilder executorForTag(String tag, String name) {
        Objects.requireNonNull(tag, "tag");
        Objects.requireNonNull(name, "name");
        executorsByTag.put(tag, name);
        return this;
    }

    /**
     * Chooses by name where history is kept ({@link NotebookGuard#history}). Default: {@code nbguard-memory}, which forgets
     * everything at the guard's end. {@link #build} fails if the store cannot be opened. What executions of a guard that was
     * killed have left is ended then, and recorded as lost.
     */
    public GuardBuilder historyStore(String name) {
        Objects.requireNonNull(name, "name");
        historyStoreName = name;
        return this;
    }

    /** Sets where history is kept. */
    public GuardBuilder historyStore(HistoryStore instance) {
        Objects.requireNonNull(instance, "instance");
        historyStore = instance;
        return this;
    }

    /**
     * Sets whether schedules that a chosen history store has kept are taken up again: as they stood, so that what came due
     * meanwhile is acted on as after any other delay. Guards with one store share its schedules then: one of them acts on
     * each fire, and what one of them adds, pauses or removes the others follow within some ten seconds. Default: yes.
     */
    public GuardBuilder restoreSchedules(boolean wanted) {
        restoreSchedules = wanted;
        return this;
    }

    /** Sets how long a graceful stop waits after the interrupt, and again after the terminate signal. Default 5 s. */
    public GuardBuilder stopGrace(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("the stop grace must not be negative: " + grace);
        }
        stopGrace = grace;
        return this;
    }

    /** Sets what becomes of executions when the guard is closed. Default: they are stopped immediately. */
    public GuardBuilder onClose(CloseAction action) {
        Objects.requireNonNull(action, "action");
        onClose = action;
        return this;
    }

    /**
     * Makes the JVM close the guard when it shuts down, so that Ctrl-C and {@code kill} leave no notebook behind. Off by
     * default: shutting down is the host's business.
     */
    public GuardBuilder shutdownHook(boolean install) {
        shutdownHook = install;
        return this;
    }

    /**
     * Sets whether the watchdog may end everything at once ({@link NotebookGuard#emergencyShutdown}) when ending one
     * execution at a time does not help: two victims in a row did not die, or one has been dying for a second while the
     * node's use stands at 99 % of its limit. Default: yes.
     */
    public GuardBuilder automaticEmergencyShutdown(boolean allowed) {
        automaticEmergencyShutdown = allowed;
        return this;
    }

    /**
     * Sets what becomes of executions when this JVM dies without closing the guard. {@link HostDeath#KEEP} needs a history
     * store that lasts, by which the next guard finds them, and an in-process watchdog: a sidecar ends what its host leaves.
     * An executor that cannot take up what it has not launched itself has it killed then. This also says what this guard does
     * with what earlier ones have kept. Default: {@link HostDeath#END}.
     */
    public GuardBuilder onHostDeath(HostDeath what) {
        Objects.requireNonNull(what, "what");
        hostDeath = what;
        return this;
    }

    /** Sets whether executions make themselves known to other processes of this user ({@link NotebookWatch}). Default: yes. */
    public GuardBuilder announce(boolean announced) {
        announce = announced;
        return this;
    }

    /**
     * Sets the private folder in which executions make themselves known. Default: {@code $NBGUARD_RUNTIME_DIR}, else
     * {@code $XDG_RUNTIME_DIR/nbguard}, else {@code nbguard-UID} in the folder for temporary files.
     */
    public GuardBuilder runtimeDirectory(Path folder) {
        runtimeDirectory = folder.toAbsolutePath().normalize();
        return this;
    }

    /**
     * Sets where every execution gets its private folder for temporary files. Default: {@code java.io.tmpdir}. On a tmpfs,
     * what notebooks write there is memory of the node. What guards of this user that were killed have left there is
     * removed when the guard is made.
     */
    public GuardBuilder temporaryFiles(Path folder) {
        Objects.requireNonNull(folder, "folder");
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("folder for temporary files '" + folder + "' is not a folder");
        }
        temporaryFiles = folder.toAbsolutePath().normalize();
        return this;
    }

    /**
     * Sets a plugin's setting, such as {@code papermill.python}; the README lists all. {@link #build} refuses a key that none of
     * the plugins it finds reads, and a value that is not of the setting's type.
     */
    public GuardBuilder configure(String key, String value) {
        Objects.requireNonNull(value, "value");
        if (key.isBlank()) {
            throw new IllegalArgumentException("a setting's key must not be blank (its value is '" + value + "')");
        }
        configuration.put(key, value);
        return this;
    }

    /** Sets the Python that runs notebooks: an interpreter or a virtual environment's folder. */
    public GuardBuilder python(Path interpreterOrVenv) {
        return configure("papermill.python", interpreterOrVenv.toAbsolutePath().toString());
    }

    /** Adds a listener that gets every event from the start. */
    public GuardBuilder listener(GuardListener listener) {
        Objects.requireNonNull(listener, "listener");
        listeners.add(listener);
        return this;
    }

    /** Sets the class loader in which plugins are looked for. Default: this thread's context class loader. */
    public GuardBuilder classLoader(ClassLoader loader) {
        Objects.requireNonNull(loader, "loader");
        classLoader = loader;
        return this;
    }

    /** Sets what makes threads; they become daemons whatever it makes. */
    public GuardBuilder threadFactory(ThreadFactory factory) {
        Objects.requireNonNull(factory, "factory");
        threads = factory;
        return this;
    }

    /** Sets the time, for tests. */
    public GuardBuilder clock(GuardClock source) {
        Objects.requireNonNull(source, "source");
        clock = source;
        return this;
    }

    /**
     * Opens everything and starts the guard. May take a second or two: the executor looks at its Python.
     *
     * @throws IllegalArgumentException if settings contradict each other
     * @throws GuardException with code ENVIRONMENT if no executor, resource probe or process tracker can work here: the
     *     message lists every candidate, why it was refused and what to do; also if outputs or temporary files cannot be
     *     written; NOT_FOUND or PLUGIN if a plugin that was asked for is missing or broken, or two have one name;
     *     INVALID_REQUEST if there is no setting of a key that was configured, or its value is mistyped; ILLEGAL_STATE if
     *     this thread is interrupted: it stays so
     */
    public NotebookGuard build() {
        Path folder = notebooks;
        if (folder == null) {
            throw new IllegalArgumentException(
                    "notebooks(folder) must be set: there is no folder to run notebooks from");
        }
        if (historyStore != null && historyStoreName != null) {
            throw new IllegalArgumentException("historyStore('" + historyStoreName + "') and historyStore("
                    + historyStore + ") exclude each other");
        }
        if (watchdog == WatchdogMode.SIDECAR && !killPolicies.isEmpty()) {
            throw new IllegalArgumentException(
                    "killPolicies(" + killPolicies + ") cannot be sent to the watchdog's sidecar:"
                            + " make them services and give their names to killPolicy(...), or use watchdog(IN_PROCESS)");
        }
        if (watchdog == WatchdogMode.SIDECAR && !probes.isEmpty()) {
            throw cannotBeSent("probes(" + names(probes) + ")");
        }
        if (watchdog == WatchdogMode.SIDECAR && tracker != null) {
            throw cannotBeSent("tracker(" + tracker.name() + ")");
        }
        checkHostDeath();
        Rungs rungs = Rungs.of(warnAt, stopAdmittingAt, killAt);
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(null);
        }
        try {
            return build(folder, rungs);
        } catch (GuardException e) {
            // What is read by an interrupted thread fails in ways that name everything but this.
            throw Thread.currentThread().isInterrupted() ? interrupted(e) : e;
        }
    }

    private static IllegalArgumentException cannotBeSent(String what) {
        return new IllegalArgumentException(
                what + " cannot be sent to the watchdog's sidecar: make it a service, so that the"
                        + " sidecar finds it, or use watchdog(IN_PROCESS)");
    }

    private static String names(List<? extends Plugin> plugins) {
        return plugins.stream().map(Plugin::name).collect(Collectors.joining(", "));
    }

    private static GuardException interrupted(@Nullable GuardException cause) {
        return new GuardException(
                ErrorCode.ILLEGAL_STATE,
                "no guard can be built by a thread that is interrupted: clear that by Thread.interrupted(), or give up",
                cause);
    }

    private NotebookGuard build(Path folder, Rungs rungs) {
        return new NotebookGuard(new GuardSettings(
                folder,
                outputs == null ? folder : outputs,
                outputTemplate,
                maxConcurrent,
                maxQueued,
                rememberEnded,
                sampling(rungs),
                watchdog,
                stopGrace,
                onClose,
                shutdownHook,
                automaticEmergencyShutdown,
                announcedIn(),
                temporaryFiles == null ? Path.of(System.getProperty("java.io.tmpdir", "/tmp")) : temporaryFiles,
                new PluginConfig(configuration),
                List.copyOf(killPolicyNames),
                List.copyOf(killPolicies),
                List.copyOf(executors.values()),
                Map.copyOf(executorsByTag),
                Optional.ofNullable(historyStoreName),
                Optional.ofNullable(historyStore),
                restoreSchedules && (historyStore != null || historyStoreName != null),
                hostDeath,
                probes,
                Optional.ofNullable(tracker),
                deviceProbes,
                List.copyOf(listeners),
                classLoader,
                clock,
                new GuardThreads(threads)));
    }

    private void checkHostDeath() {
        if (hostDeath == HostDeath.END) {
            return;
        }
        if (historyStore == null && historyStoreName == null) {
            throw new IllegalArgumentException(
                    "onHostDeath(KEEP) needs a history store that lasts, by which the next guard"
                            + " finds the executions: name one with historyStore(...), such as nbguard-jdbc");
        }
        if (watchdog == WatchdogMode.SIDECAR) {
            throw new IllegalArgumentException(
                    "onHostDeath(KEEP) and watchdog(SIDECAR) exclude each other: a sidecar ends"
                            + " what its host leaves behind; use watchdog(IN_PROCESS)");
        }
    }

    private Optional<Path> announcedIn() {
        if (!announce) {
            return Optional.empty();
        }
        return Optional.of(runtimeDirectory == null ? RuntimeFolder.location() : runtimeDirectory);
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
