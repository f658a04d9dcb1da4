package io.nbguard.core.executor;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.internal.Similarity;
import io.nbguard.core.assembly.OpenParts;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.LaunchedExecution;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The executors of one guard, each with its session. The first is the default. Safe for use by any thread. */
public final class OpenExecutors {

    private static final Logger LOG = LoggerFactory.getLogger(OpenExecutors.class);

    private final Map<String, OpenExecutor> byName = new LinkedHashMap<>();
    private final Map<String, String> byTag;
    private final Map<LaunchedExecution, ExecutionId> underWay = new IdentityHashMap<>();

    private OpenExecutors(Map<String, String> byTag) {
        this.byTag = Map.copyOf(byTag);
    }

    /**
     * Opens executors.
     *
     * @param executors which, the default first; at least one
     * @param asked whether the host has asked for each of them; else one that cannot be opened is left out while there is another
     * @param byTag the name of the executor for requests with a tag that name none
     * @param configuration the guard's settings, by name
     * @param threads makes the sessions' threads
     * @param open gets the sessions, which it closes
     * @throws GuardException (PLUGIN) if one breaks its contract, or what it says when it cannot be opened; (INVALID_REQUEST) if a
     *     rule for a tag names none of them
     */
    public static OpenExecutors open(
            List<Executor> executors,
            boolean asked,
            Map<String, String> byTag,
            PluginConfig configuration,
            ThreadFactory threads,
            OpenParts open) {
        OpenExecutors opened = new OpenExecutors(byTag);
        GuardException broken = null;
        for (Executor executor : executors) {
            try {
                opened.byName.put(executor.name(), open(executor, configuration, threads, open));
            } catch (GuardException e) {
                if (asked) {
                    throw e;
                }
                LOG.warn("executor {} is left out", executor.name(), e);
                broken = e;
            }
        }
        if (broken != null && opened.byName.isEmpty()) {
            throw broken;
        }
        byTag.forEach((tag, name) -> {
            if (!opened.byName.containsKey(name)) {
                throw opened.unknown(" for tag '" + tag + "'", name);
            }
        });
        return opened;
    }

    private static OpenExecutor open(
            Executor executor, PluginConfig configuration, ThreadFactory threads, OpenParts open) {
        Extensions extensions = Extensions.of(executor);
        try {
            ExecutorCapabilities capabilities = executor.capabilities(configuration);
            ExecutorSession session = capabilities == null ? null : executor.open(configuration, threads);
            if (capabilities == null || session == null) {
                throw new GuardException(
                        ErrorCode.PLUGIN,
                        "executor '" + executor.name() + "' returned null for its "
                                + (capabilities == null ? "capabilities" : "session"));
            }
            open.addPlugin("executor " + executor.name(), session);
            return new OpenExecutor(executor, session, capabilities, extensions);
        } catch (GuardException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new GuardException(
                    ErrorCode.PLUGIN, "executor '" + executor.name() + "' broke when it was opened: " + e, e);
        }
    }

    /** Returns all, the default first. */
    public List<OpenExecutor> all() {
        return List.copyOf(byName.values());
    }

    /** Returns whether one of them starts processes of this machine. */
    public boolean haveLocal() {
        return byName.values().stream().anyMatch(OpenExecutor::isLocal);
    }

    /** Returns whether an engine runs what one of them launches. */
    public boolean haveRemote() {
        return byName.values().stream().anyMatch(executor -> !executor.isLocal());
    }

    /** Returns the one of a name. */
    public Optional<OpenExecutor> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * Notes which execution a launched one belongs to.
     *
     * @return whether no other execution has it
     */
    public boolean belongs(LaunchedExecution launched, ExecutionId id) {
        synchronized (underWay) {
            ExecutionId owner = underWay.get(launched);
            if (owner != null) {
                return owner.equals(id);
            }
            underWay.values().removeIf(id::equals);
            underWay.put(launched, id);
            return true;
        }
    }

    /** Forgets what was launched for an execution. */
    public void hasEnded(ExecutionId id) {
        synchronized (underWay) {
            underWay.values().removeIf(id::equals);
        }
    }

    /** Returns what the names of the files end in that they run together. */
    public Extensions extensions() {
        return Extensions.together(
                byName.values().stream().map(OpenExecutor::extensions).toList());
    }

    /**
     * Returns the one that a request names; else that of the rule for one of its tags, in their order; else the first that runs
     * such a file.
     *
     * @throws GuardException (NOT_FOUND) if the request names one that is not here; (INVALID_REQUEST) if the one that it names does
     *     not run such a file
     */
    public OpenExecutor of(ExecutionRequest request) {
        Optional<String> named = request.executor().or(() -> request.tags().stream()
                .filter(byTag::containsKey)
                .findFirst()
                .map(byTag::get));
        if (named.isEmpty()) {
            return byName.values().stream()
                    .filter(executor -> executor.extensions().has(request.notebook()))
                    .findFirst()
                    .orElseGet(() -> byName.values().iterator().next());
        }
        OpenExecutor found = byName.get(named.get());
        if (found == null) {
            throw unknown("", named.get());
        }
        if (!found.extensions().has(request.notebook())) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST,
                    "executor '" + found.name() + "' does not run '" + request.notebook()
                            + "': it runs files whose names end in " + found.extensions());
        }
        return found;
    }

    private GuardException unknown(String whose, String name) {
        return new GuardException(
                ErrorCode.NOT_FOUND,
                "there is no executor '" + name + "'" + whose + ": this guard has "
                        + byName.keySet().stream()
                                // The one that is meant first.
                                .sorted(Comparator.comparingInt(known -> Similarity.distance(name, known)))
                                .map(known -> "'" + known + "'")
                                .collect(Collectors.joining(", ")));
    }
}
