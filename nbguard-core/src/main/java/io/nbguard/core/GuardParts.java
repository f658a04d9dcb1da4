package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.admission.Executions;
import io.nbguard.core.admission.NotebookFolder;
import io.nbguard.core.announce.RuntimeFolder;
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
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.core.recovery.StaleFolders;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.schedule.Scheduler;
import io.nbguard.core.sidecar.Sidecar;
import io.nbguard.core.sidecar.SidecarNeeds;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.process.TrackerSession;
import io.nbguard.spi.trigger.Trigger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of one guard, made and put together; all of them, or none and one error that says why. */
record GuardParts(
        Machine machine,
        EventDispatcher events,
        GuardHistory history,
        SamplingLoop loop,
        Optional<Sidecar> sidecar,
        OpenExecutors executors,
        EngineHealths engines,
        Executions executions,
        Scheduler scheduler,
        EmergencyShutdown emergency,
        NotebookFolder notebooks,
        DeviceProbes devices,
        GuardDescription description) {

    private static final Logger LOG = LoggerFactory.getLogger(GuardParts.class);
    private static final int EVENT_CAPACITY = 10_000;

    /**
     * Makes and starts everything.
     *
     * @throws GuardException (ENVIRONMENT) if no executor, probe or tracker works here: one message lists every candidate,
     *     why it was refused and the cure; (NOT_FOUND, PLUGIN) if a plugin that was asked for is missing or broken;
     *     and if the settings ask a tracker for what it cannot do here
     */
    static GuardParts assemble(GuardSettings settings) {
        Plugins plugins = Plugins.discover(settings.classLoader()).checked();
        Plugins.checkNames(settings.givenPlugins());
        KnownSettings.of(plugins, settings.givenPlugins()).check(settings.configuration());
        WritableFolder.make("outputs folder", settings.outputs());
        WritableFolder.make("folder for temporary files", settings.temporaryFiles());
        StaleFolders.remove(settings.temporaryFiles());
        List<KillPolicy> policies = policies(settings, plugins);
        Refusals refusals = new Refusals();
        List<Executor> chosen = executors(settings, plugins, refusals);
        boolean local = chosen.isEmpty() || chosen.stream().anyMatch(found -> isLocal(found, settings));
        List<OpenProbe> probes = openProbes(settings, plugins, refusals);
        Optional<TrackerSession> tracker;
        try {
            tracker = local
                    ? Machine.openTracker(trackers(settings, plugins), settings.forPlugins(), refusals)
                    : Optional.of(new NoTracker());
        } catch (RuntimeException | Error e) {
            Machine.closeQuietly(probes);
            throw e;
        }
        boolean noProbe = local && probes.isEmpty();
        if (chosen.isEmpty() || noProbe || tracker.isEmpty()) {
            Machine.closeQuietly(probes);
            tracker.ifPresent(Machine::closeQuietly);
            throw nothingUsable(refusals, chosen.isEmpty(), noProbe, tracker.isEmpty());
        }
        Machine machine = new Machine(probes, tracker.get());
        try {
            OpenExecutors executors = OpenExecutors.open(
                    chosen,
                    !settings.executors().isEmpty(),
                    settings.executorsByTag(),
                    settings.forPlugins(),
                    settings.threads());
            try {
                return start(settings, machine, plugins, executors, policies, refusals);
            } catch (RuntimeException | Error e) {
                executors.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            machine.close();
            throw e;
        }
    }

    private static GuardParts start(
            GuardSettings settings,
            Machine machine,
            Plugins plugins,
            OpenExecutors executors,
            List<KillPolicy> policies,
            Refusals refusals) {
        EventDispatcher listeners = new EventDispatcher(EVENT_CAPACITY, settings.clock(), settings.threads());
        settings.listeners().forEach(listeners::listen);
        try {
            GuardHistory history = GuardHistory.open(settings, plugins, executors, machine.tracker(), listeners);
            try {
                return start(settings, machine, plugins, executors, policies, refusals, listeners, history);
            } catch (RuntimeException | Error e) {
                history.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            listeners.close();
            throw e;
        }
    }

    private static GuardParts start(
            GuardSettings settings,
            Machine machine,
            Plugins plugins,
            OpenExecutors executors,
            List<KillPolicy> policies,
            Refusals refusals,
            EventDispatcher listeners,
            GuardHistory history) {
        Optional<RuntimeFolder> runtime = settings.runtimeDirectory().flatMap(GuardParts::openRuntime);
        // History first: a listener that hears of something finds it written after a flush.
        EventSink events = new TeeEventSink(history.events(), listeners);
        PluginFaults faults = new PluginFaults(events, settings.clock());
        listeners.tellsFaults(faults);
        DeviceProbes devices = new DeviceProbes(
                settings.deviceProbes().isEmpty()
                        ? plugins.usable(PluginKind.DEVICE_PROBE, DeviceProbe.class)
                        : settings.deviceProbes(),
                settings.forPlugins(),
                faults,
                settings.threads());
        Optional<Sidecar> sidecar = sidecar(settings, plugins, policies, runtime, events);
        SamplingLoop loop = new SamplingLoop(
                settings.sampling(),
                machine.probes(),
                machine.tracker(),
                policies,
                sidecar.<RemoteWatchdog>map(found -> found).orElse(RemoteWatchdog.NONE),
                events,
                settings.clock(),
                settings.threads());
        RunDependencies dependencies = new RunDependencies(
                executors,
                machine.tracker(),
                loop,
                sidecar.<OutsideWatch>map(found -> found).orElse(OutsideWatch.NONE),
                settings.forPlugins(),
                settings.outputs(),
                settings.outputTemplate(),
                settings.temporaryFiles(),
                settings.stopGrace(),
                settings.hostDeath() == HostDeath.KEEP,
                history::awaitWritten,
                runtime,
                settings.sampling().memoryBudget(),
                events,
                faults,
                settings.clock(),
                settings.threads());
        NotebookFolder notebooks = new NotebookFolder(settings.notebooks(), settings.outputs(), executors.extensions());
        Executions executions = new Executions(
                dependencies, notebooks, settings.maxConcurrent(), settings.maxQueued(), settings.rememberEnded());
        Scheduler scheduler = new Scheduler(
                name -> plugins.named(PluginKind.TRIGGER, name, Trigger.class),
                executions::check,
                executions::prepare,
                history.claims(faults),
                faults,
                events,
                settings.clock(),
                settings.threads());
        EmergencyShutdown emergency = new EmergencyShutdown(executions, dependencies);
        if (settings.automaticEmergencyShutdown()) {
            loop.onEmergency(emergency::orderApart);
            sidecar.ifPresent(found -> found.onEmergency(emergency::orderApart));
        }
        history.restore(scheduler);
        String watchdog = startWatchdog(sidecar, loop, executions);
        history.start(executions, loop, scheduler);
        GuardDescription description =
                describe(settings, machine, executors, policies, refusals, watchdog, history.description(), runtime);
        description.lines().forEach(line -> LOG.info("{}", line));
        scheduler.start();
        return new GuardParts(
                machine,
                listeners,
                history,
                loop,
                sidecar,
                executors,
                new EngineHealths(executors, faults, settings.clock(), settings.threads()),
                executions,
                scheduler,
                emergency,
                notebooks,
                devices,
                description);
    }

    private static Optional<Sidecar> sidecar(
            GuardSettings settings,
            Plugins plugins,
            List<KillPolicy> policies,
            Optional<RuntimeFolder> runtime,
            EventSink events) {
        if (settings.watchdog() == WatchdogMode.IN_PROCESS) {
            return Optional.empty();
        }
        SidecarNeeds needs = new SidecarNeeds(
                settings.sampling(),
                Machine.probesBestFirst(plugins),
                Machine.trackersBestFirst(plugins),
                policies,
                settings.forPlugins(),
                runtime.map(RuntimeFolder::path),
                settings.outputs(),
                settings.automaticEmergencyShutdown());
        return Optional.of(new Sidecar(needs, events, settings.clock(), settings.threads()));
    }

    /** Starts the sidecar, if there is one, and the loop; returns where the watchdog is, for a person. */
    private static String startWatchdog(Optional<Sidecar> sidecar, SamplingLoop loop, Executions executions) {
        try {
            String where = sidecar.map(found -> "in a sidecar, " + found.start(loop::wake))
                    .orElse("in process");
            loop.start();
            return where;
        } catch (RuntimeException | Error e) {
            sidecar.ifPresent(Machine::closeQuietly);
            Machine.closeQuietly(executions::close);
            throw e;
        }
    }

    private static List<KillPolicy> policies(GuardSettings settings, Plugins plugins) {
        List<KillPolicy> chain = new ArrayList<>(settings.killPolicies());
        for (String name : settings.killPolicyNames()) {
            chain.add(plugins.named(PluginKind.KILL_POLICY, name, KillPolicy.class));
        }
        return chain.isEmpty() ? List.of(new HeaviestPolicy()) : List.copyOf(chain);
    }

    /** Returns the executors to open, the default first; empty if none can work here, or one that was asked for cannot. */
    private static List<Executor> executors(GuardSettings settings, Plugins plugins, Refusals refusals) {
        if (settings.executors().isEmpty()) {
            return plugins.usable(PluginKind.EXECUTOR, Executor.class).stream()
                    // What runs here needs no engine to be set up: it comes first.
                    .sorted(Comparator.comparing((Executor found) -> !isLocal(found, settings))
                            .thenComparing(found -> !found.name().startsWith("nbguard-"))
                            .thenComparing(Executor::name))
                    .filter(found -> isReady(found, settings, refusals))
                    .toList();
        }
        List<Executor> asked =
                settings.executors().stream().map(choice -> choice.in(plugins)).toList();
        // Each says why it cannot work, not only the first.
        long ready = asked.stream()
                .filter(found -> isReady(found, settings, refusals))
                .count();
        return ready == asked.size() ? asked : List.of();
    }

    private static boolean isLocal(Executor executor, GuardSettings settings) {
        try {
            return executor.capabilities(settings.forPlugins()).isLocal();
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("executor {} does not say where it runs; it is opened as a local one", executor.name(), e);
            return true;
        }
    }

    private static boolean isReady(Executor executor, GuardSettings settings, Refusals refusals) {
        try {
            Readiness readiness = executor.check(settings.forPlugins());
            if (!readiness.usable()) {
                refusals.add(PluginKind.EXECUTOR, executor.name(), readiness);
            }
            return readiness.usable();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("executor {} failed to check itself", executor.name(), e);
            refusals.add(PluginKind.EXECUTOR, executor.name(), "it failed: " + e);
            return false;
        }
    }

    /** Returns the probes that can be opened, best first; none if one that was given cannot. */
    private static List<OpenProbe> openProbes(GuardSettings settings, Plugins plugins, Refusals refusals) {
        List<ResourceProbe> given = settings.probes();
        List<OpenProbe> open = Machine.openProbes(
                given.isEmpty() ? Machine.probesBestFirst(plugins) : given, settings.forPlugins(), refusals);
        if (open.size() < given.size()) {
            Machine.closeQuietly(open);
            return List.of();
        }
        return open;
    }

    private static List<ProcessTracker> trackers(GuardSettings settings, Plugins plugins) {
        return settings.tracker().map(List::of).orElseGet(() -> Machine.trackersBestFirst(plugins));
    }

    private static GuardException nothingUsable(
            Refusals refusals, boolean noExecutor, boolean noProbe, boolean noTracker) {
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

    private static GuardDescription describe(
            GuardSettings settings,
            Machine machine,
            OpenExecutors executors,
            List<KillPolicy> policies,
            Refusals refusals,
            String watchdog,
            String history,
            Optional<RuntimeFolder> runtime) {
        return new GuardDescription(
                executors.all().stream().map(OpenExecutor::name).toList(),
                machine.probes().stream()
                        .map(probe -> probe.session().description())
                        .toList(),
                machine.tracker().description(),
                policies.stream().map(KillPolicy::name).toList(),
                refusals.lines(),
                settings.notebooks(),
                settings.outputs(),
                settings.outputTemplate().toString(),
                settings.maxConcurrent(),
                settings.maxQueued(),
                settings.sampling().interval(),
                Rungs.text(settings.sampling().warnAt()),
                Rungs.text(settings.sampling().stopAdmittingAt()),
                Rungs.text(settings.sampling().killAt()),
                settings.sampling().nodeLimit(),
                settings.sampling().memoryBudget(),
                settings.sampling().dryRun(),
                watchdog,
                history,
                runtime.map(RuntimeFolder::path));
    }
}
