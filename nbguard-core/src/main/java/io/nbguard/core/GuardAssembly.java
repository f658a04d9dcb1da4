package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.admission.Executions;
import io.nbguard.core.admission.NotebookFolder;
import io.nbguard.core.announce.RuntimeFolder;
import io.nbguard.core.assembly.LocalMachine;
import io.nbguard.core.assembly.OpenParts;
import io.nbguard.core.assembly.Refusals;
import io.nbguard.core.device.DeviceProbes;
import io.nbguard.core.emergency.EmergencyShutdown;
import io.nbguard.core.event.EventDispatcher;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.event.TeeEventSink;
import io.nbguard.core.execution.OutsideWatch;
import io.nbguard.core.execution.RunDependencies;
import io.nbguard.core.executor.EngineHealths;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.core.executor.OpenExecutors;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.plugin.KnownSettings;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.core.plugin.SettingSource;
import io.nbguard.core.recovery.StaleFolders;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.schedule.Scheduler;
import io.nbguard.core.sidecar.Sidecar;
import io.nbguard.core.sidecar.SidecarNeeds;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.process.TrackerSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the parts of one guard and puts them together. Each is added to {@link OpenParts} as soon as it is open: what was opened
 * before a failure is closed in the reverse order, as at the guard's end.
 */
final class GuardAssembly {

    private static final Logger LOG = LoggerFactory.getLogger(GuardAssembly.class);
    private static final int EVENT_CAPACITY = 10_000;

    private final GuardSettings settings;
    private final PluginConfig configuration;
    private final Plugins plugins;
    private final OpenParts open;
    private final Refusals refusals = new Refusals();
    private @Nullable Executions executions;

    private GuardAssembly(GuardSettings settings, PluginConfig configuration, Plugins plugins, OpenParts open) {
        this.settings = settings;
        this.configuration = configuration;
        this.plugins = plugins;
        this.open = open;
    }

    /**
     * Makes and starts everything.
     *
     * @throws GuardException (ENVIRONMENT) if no executor, probe or tracker works here: one message lists every candidate,
     *     why it was refused and the cure; (NOT_FOUND, PLUGIN) if a plugin that was asked for is missing or broken;
     *     and if the settings ask a tracker for what it cannot do here
     */
    static GuardParts open(GuardSettings settings) {
        Plugins plugins = Plugins.discover(settings.plugins().classLoader()).checked();
        Plugins.checkNames(settings.givenPlugins());
        KnownSettings known = KnownSettings.of(plugins, settings.givenPlugins());
        List<SettingSource> sources = settings.plugins().sources(known.environment(System.getenv()));
        PluginConfig read = known.read(sources);
        sources.stream()
                .filter(source -> !source.values().isEmpty())
                .forEach(source -> LOG.info("settings from {}", source));
        WritableFolder.make("outputs folder", settings.outputs());
        WritableFolder.make("folder for temporary files", settings.storage().temporaryFiles());
        StaleFolders.remove(settings.storage().temporaryFiles());
        OpenParts open = new OpenParts(settings.threads());
        try {
            return new GuardAssembly(settings, settings.forPlugins(read), plugins, open).open();
        } catch (RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private GuardParts open() {
        ChosenPlugins chosen = ChosenPlugins.of(settings, configuration, plugins, refusals);
        EventDispatcher listeners =
                open.add("event delivery", new EventDispatcher(EVENT_CAPACITY, settings.clock(), settings.threads()));
        settings.listeners().forEach(listeners::listen);
        LocalMachine machine = openMachine(chosen);
        open.onClose("what engines go on running", this::giveBack);
        OpenExecutors executors = OpenExecutors.open(
                chosen.executors(),
                !settings.executors().isEmpty(),
                settings.executorsByTag(),
                configuration,
                settings.threads(),
                open);
        GuardHistory history = GuardHistory.open(
                settings, configuration, chosen.historyStore(), executors, machine.tracker(), listeners, open);
        Optional<RuntimeFolder> runtime = settings.runtimeDirectory().flatMap(GuardAssembly::openRuntime);
        // History first: what a listener receives is written after a flush.
        EventSink events = new TeeEventSink(history.events(), listeners);
        PluginFaults faults = new PluginFaults(events, settings.clock());
        listeners.tellsFaults(faults);
        DeviceProbes devices = open.add(
                "device probes", new DeviceProbes(chosen.deviceProbes(), configuration, faults, settings.threads()));
        Optional<Sidecar> sidecar = sidecar(chosen, runtime, events);
        sidecar.ifPresent(made -> open.add("the watchdog's sidecar", made));
        SamplingLoop loop = open.add(
                "sampling loop",
                new SamplingLoop(
                        settings.watchdog().sampling(),
                        machine.probes(),
                        machine.tracker(),
                        chosen.killPolicies(),
                        sidecar.<RemoteWatchdog>map(made -> made).orElse(RemoteWatchdog.NONE),
                        events,
                        settings.clock(),
                        settings.threads()));
        RunDependencies dependencies = new RunDependencies(
                executors,
                machine.tracker(),
                loop,
                sidecar.<OutsideWatch>map(made -> made).orElse(OutsideWatch.NONE),
                configuration,
                settings.outputs(),
                settings.storage().outputTemplate(),
                settings.storage().temporaryFiles(),
                settings.lifecycle().stopGrace(),
                settings.lifecycle().keepsExecutions(),
                history::awaitWritten,
                runtime,
                settings.watchdog().sampling().memoryBudget(),
                events,
                faults,
                settings.clock(),
                settings.threads());
        NotebookFolder notebooks = new NotebookFolder(settings.notebooks(), settings.outputs(), executors.extensions());
        Executions made = new Executions(
                dependencies,
                notebooks,
                settings.admission().maxConcurrent(),
                settings.admission().maxQueued(),
                settings.budgetStopAt(),
                settings.history().rememberEnded());
        executions = made;
        open.onClose("executions", made::close);
        EmergencyShutdown emergency = new EmergencyShutdown(made, dependencies);
        open.onClose("emergency shutdown", emergency::close);
        if (settings.lifecycle().automaticEmergencyShutdown()) {
            loop.onEmergency(emergency::orderApart);
            sidecar.ifPresent(found -> found.onEmergency(emergency::orderApart));
        }
        Scheduler scheduler = new Scheduler(
                name -> plugins.named(PluginKind.TRIGGER, name, Trigger.class),
                made::check,
                made::prepare,
                history.claims(faults),
                faults,
                events,
                settings.clock(),
                settings.threads());
        open.onClose("scheduler", scheduler::close);
        EngineHealths engines = open.add(
                "questions to engines", new EngineHealths(executors, faults, settings.clock(), settings.threads()));

        history.restore(scheduler);
        String watchdog =
                sidecar.map(found -> "in a sidecar, " + found.start(loop::wake)).orElse("in process");
        loop.start();
        // Before anything runs: a plugin that cannot describe itself is why no guard is made.
        GuardDescription description = describe(chosen, machine, executors, watchdog, history.description(), runtime);
        history.start(made, loop, scheduler);
        description.lines().forEach(line -> LOG.info("{}", line));
        scheduler.start();
        return new GuardParts(
                listeners, history, loop, engines, made, scheduler, emergency, notebooks, devices, description, open);
    }

    /** Opens the probes and the tracker. */
    private LocalMachine openMachine(ChosenPlugins chosen) {
        List<OpenProbe> probes = LocalMachine.openProbes(chosen.probes(), configuration, refusals, open);
        Optional<TrackerSession> tracker = chosen.local()
                ? LocalMachine.openTracker(chosen.trackers(), configuration, refusals, open)
                : Optional.of(new NoTracker());
        // Of probes that were given, each must work.
        boolean noProbe = chosen.local()
                && (probes.isEmpty()
                        || probes.size() < settings.plugins().probes().size());
        if (chosen.executors().isEmpty() || noProbe || tracker.isEmpty()) {
            throw nothingUsable(chosen.executors().isEmpty(), noProbe, tracker.isEmpty());
        }
        return new LocalMachine(probes, tracker.get());
    }

    private GuardException nothingUsable(boolean noExecutor, boolean noProbe, boolean noTracker) {
        List<String> paragraphs = new ArrayList<>();
        if (noExecutor) {
            paragraphs.add(refusals.paragraph(PluginKind.EXECUTOR));
        }
        if (noProbe) {
            paragraphs.add(refusals.paragraph(PluginKind.PROBE));
        }
        if (noTracker) {
            paragraphs.add(refusals.paragraph(PluginKind.TRACKER));
        }
        return new GuardException(ErrorCode.ENVIRONMENT, "nbguard cannot work here; " + String.join("\n", paragraphs));
    }

    private static Optional<RuntimeFolder> openRuntime(Path folder) {
        try {
            return Optional.of(RuntimeFolder.open(folder));
        } catch (IOException | RuntimeException e) {
            LOG.warn("executions are not announced to other processes: {}", e.toString());
            return Optional.empty();
        }
    }

    private Optional<Sidecar> sidecar(ChosenPlugins chosen, Optional<RuntimeFolder> runtime, EventSink events) {
        if (settings.watchdog().mode() == WatchdogMode.IN_PROCESS) {
            return Optional.empty();
        }
        SidecarNeeds needs = new SidecarNeeds(
                settings.watchdog().sampling(),
                chosen.probes(),
                chosen.trackers(),
                chosen.killPolicies(),
                configuration,
                runtime.map(RuntimeFolder::path),
                settings.outputs(),
                settings.lifecycle().automaticEmergencyShutdown());
        return Optional.of(new Sidecar(needs, events, settings.clock(), settings.threads()));
    }

    /** Leaves to other guards what engines have not ended: nothing here writes about it or asks its engine any more. */
    private void giveBack() {
        Executions made = executions;
        if (made != null) {
            made.giveBack();
        }
    }

    private GuardDescription describe(
            ChosenPlugins chosen,
            LocalMachine machine,
            OpenExecutors executors,
            String watchdog,
            String history,
            Optional<RuntimeFolder> runtime) {
        return new GuardDescription(
                executors.all().stream().map(OpenExecutor::name).toList(),
                machine.probes().stream()
                        .map(probe -> probe.session().description())
                        .toList(),
                machine.tracker().description(),
                chosen.killPolicies().stream().map(KillPolicy::name).toList(),
                refusals.lines(),
                settings.notebooks(),
                settings.outputs(),
                settings.storage().outputTemplate().toString(),
                settings.admission().maxConcurrent(),
                settings.admission().maxQueued(),
                settings.watchdog().sampling().interval(),
                Rungs.text(settings.watchdog().sampling().warnAt()),
                Rungs.text(settings.watchdog().sampling().stopAdmittingAt()),
                Rungs.text(settings.watchdog().sampling().killAt()),
                settings.watchdog().sampling().nodeLimit(),
                settings.watchdog().sampling().memoryBudget(),
                settings.watchdog().sampling().dryRun(),
                watchdog,
                history,
                runtime.map(RuntimeFolder::path));
    }
}
