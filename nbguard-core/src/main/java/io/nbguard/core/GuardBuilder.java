package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardListener;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.executor.Executor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link NotebookGuard}. Only {@link #notebooks} must be set. Those that few hosts need are in groups:
 *
 * <pre>{@code
 * NotebookGuard.builder()
 *         .notebooks(dir)
 *         .memoryBudget(ByteSize.parse("4g"))
 *         .watchdog(w -> w.killAt(0.9).coolDown(Duration.ofSeconds(1)))
 *         .history(h -> h.store("nbguard-jdbc"))
 *         .build()
 * }</pre>
 *
 * <p>Every method checks its argument at once and throws {@link IllegalArgumentException} naming it; a group's settings are
 * received and used within the call only. Not safe for use by many threads.
 */
public final class GuardBuilder {

    private @Nullable Path notebooks;
    private @Nullable Path outputs;
    private final Map<String, ExecutorChoice> executors = new LinkedHashMap<>();
    private final Map<String, String> executorsByTag = new LinkedHashMap<>();
    private final List<GuardListener> listeners = new ArrayList<>();
    private final WatchdogSettings watchdog = new WatchdogSettings();
    private final AdmissionSettings admission = new AdmissionSettings();
    private final HistorySettings history = new HistorySettings();
    private final StorageSettings storage = new StorageSettings();
    private final LifecycleSettings lifecycle = new LifecycleSettings();
    private final PluginSettings plugins = new PluginSettings();
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

    /** Sets the Python that runs notebooks: an interpreter or a virtual environment's folder. */
    public GuardBuilder python(Path interpreterOrVenv) {
        plugins.configure("papermill.python", interpreterOrVenv.toAbsolutePath().toString());
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

    /** Bounds what all executions together hold, shared pages counted once; the watchdog keeps it like the node's limit. */
    public GuardBuilder memoryBudget(ByteSize limit) {
        Objects.requireNonNull(limit, "limit");
        watchdog.memoryBudget(limit);
        return this;
    }

    /** Sets how many executions run at once; others wait in the order they came. Default 10. */
    public GuardBuilder maxConcurrent(int most) {
        admission.maxConcurrent(most);
        return this;
    }

    /** Adds a listener that gets every event from the start. */
    public GuardBuilder listener(GuardListener listener) {
        Objects.requireNonNull(listener, "listener");
        listeners.add(listener);
        return this;
    }

    /** Sets when the watchdog looks and acts: thresholds, kill policies, where it runs. */
    public GuardBuilder watchdog(Consumer<WatchdogSettings> settings) {
        Objects.requireNonNull(settings, "settings");
        settings.accept(watchdog);
        return this;
    }

    /** Sets which requests are taken. */
    public GuardBuilder admission(Consumer<AdmissionSettings> settings) {
        Objects.requireNonNull(settings, "settings");
        settings.accept(admission);
        return this;
    }

    /** Sets what is remembered, and where. */
    public GuardBuilder history(Consumer<HistorySettings> settings) {
        Objects.requireNonNull(settings, "settings");
        settings.accept(history);
        return this;
    }

    /** Sets files and folders: names of outputs, temporary files. */
    public GuardBuilder storage(Consumer<StorageSettings> settings) {
        Objects.requireNonNull(settings, "settings");
        settings.accept(storage);
        return this;
    }

    /** Sets how executions and the guard end: stops, closing, the death of this JVM. */
    public GuardBuilder lifecycle(Consumer<LifecycleSettings> settings) {
        Objects.requireNonNull(settings, "settings");
        settings.accept(lifecycle);
        return this;
    }

    /** Sets plugins' settings, and plugins that the host has made itself. */
    public GuardBuilder plugins(Consumer<PluginSettings> settings) {
        Objects.requireNonNull(settings, "settings");
        settings.accept(plugins);
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
     *     INVALID_REQUEST if there is no setting of a key that was configured, in code, a file or the environment, or its value is
     *     mistyped; ILLEGAL_STATE if this thread is interrupted: it stays so
     */
    public NotebookGuard build() {
        if (notebooks == null) {
            throw new IllegalArgumentException(
                    "notebooks(folder) must be set: there is no folder to run notebooks from");
        }
        PluginSettings.Values pluginValues = plugins.values();
        LifecycleSettings.Values lifecycleValues = lifecycle.values();
        GuardSettings settings = new GuardSettings(
                notebooks,
                outputs == null ? notebooks : outputs,
                List.copyOf(executors.values()),
                Map.copyOf(executorsByTag),
                List.copyOf(listeners),
                watchdog.values(),
                admission.values(),
                history.values(),
                storage.values(),
                lifecycleValues,
                pluginValues,
                clock,
                new GuardThreads(threads));
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(null);
        }
        try {
            return new NotebookGuard(settings);
        } catch (GuardException e) {
            // What is read by an interrupted thread fails in ways that name everything but this.
            throw Thread.currentThread().isInterrupted() ? interrupted(e) : e;
        }
    }

    private static GuardException interrupted(@Nullable GuardException cause) {
        return new GuardException(
                ErrorCode.ILLEGAL_STATE,
                "no guard can be built by a thread that is interrupted: clear that by Thread.interrupted(), or give up",
                cause);
    }
}
