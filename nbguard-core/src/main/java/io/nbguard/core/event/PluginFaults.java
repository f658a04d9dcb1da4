package io.nbguard.core.event;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports plugins that break their contract: once as an event and once in the log, with the stack trace, however often the
 * same fault comes again. A plugin that has {@linkplain #behaved behaved} meanwhile is reported again.
 *
 * <p>Any thread. The events go to a sink that does not block.
 */
public final class PluginFaults {

    private static final Logger LOG = LoggerFactory.getLogger(PluginFaults.class);

    /** A bound on memory: of more faults than this, the oldest may be reported again. */
    private static final int REMEMBERED = 1_000;

    private final EventSink events;
    private final GuardClock clock;
    private final Map<Key, Boolean> told = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    public PluginFaults(EventSink events, GuardClock clock) {
        this.events = events;
        this.clock = clock;
    }

    /** Reports a fault that concerns no execution in particular. */
    public void tell(
            String kind, String plugin, PluginMisbehaved.Fault fault, @Nullable Throwable cause, String consequence) {
        tell(kind, plugin, fault, Optional.empty(), Optional.empty(), cause, consequence);
    }

    /**
     * Reports a fault, unless the same one of the same plugin and execution was reported since the plugin last behaved.
     *
     * @param kind the title of a {@code PluginKind}, or what else hosts may plug in, such as {@code listener}
     * @param plugin its name
     * @param id the execution that it was busy with
     * @param notebook its notebook
     * @param cause what it threw
     * @param consequence what it did and what the guard does instead, such as {@code did not answer within 20 ms; the
     *     heaviest was taken without it}
     */
    public void tell(
            String kind,
            String plugin,
            PluginMisbehaved.Fault fault,
            Optional<ExecutionId> id,
            Optional<String> notebook,
            @Nullable Throwable cause,
            String consequence) {
        synchronized (told) {
            if (told.put(new Key(kind, plugin, fault, id), true) != null) {
                return;
            }
        }
        String about = id.map(found -> " (" + notebook.orElse("execution") + " [" + found.shortForm() + "])")
                .orElse("");
        String message = kind + " " + plugin + about + ": " + PluginText.bounded(consequence);
        if (cause == null) {
            LOG.error("{}", message);
        } else {
            LOG.error("{}", message, cause);
        }
        events.publish(new PluginMisbehaved(clock.instant(), kind, plugin, fault, id, notebook, message));
    }

    /** Notes that a plugin has kept its contract: its next fault is reported again. */
    public void behaved(String kind, String plugin) {
        synchronized (told) {
            if (!told.isEmpty()) {
                told.keySet()
                        .removeIf(key -> key.kind().equals(kind) && key.plugin().equals(plugin));
            }
        }
    }

    private record Key(String kind, String plugin, PluginMisbehaved.Fault fault, Optional<ExecutionId> id) {}
}
