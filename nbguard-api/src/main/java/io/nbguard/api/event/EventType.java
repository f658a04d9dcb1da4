package io.nbguard.api.event;

import java.util.Arrays;
import java.util.Optional;

/** The types of events. {@link #text} is what stores and JSON have, and does not change when a class is renamed. */
public enum EventType {
    /** {@link GuardEvent.ExecutionChanged}. */
    EXECUTION_CHANGED("ExecutionChanged", EventSeverity.INFO),
    /** {@link GuardEvent.ProgressMade}. */
    PROGRESS_MADE("ProgressMade", EventSeverity.INFO),
    /** {@link GuardEvent.ExecutionNote}. */
    EXECUTION_NOTE("ExecutionNote", EventSeverity.INFO),
    /** {@link GuardEvent.RungChanged}. */
    RUNG_CHANGED("RungChanged", EventSeverity.INFO),
    /** {@link GuardEvent.Terminated}. */
    TERMINATED("Terminated", EventSeverity.CRITICAL),
    /** {@link GuardEvent.KillConfirmed}. */
    KILL_CONFIRMED("KillConfirmed", EventSeverity.INFO),
    /** {@link GuardEvent.KillUnconfirmed}. */
    KILL_UNCONFIRMED("KillUnconfirmed", EventSeverity.CRITICAL),
    /** {@link GuardEvent.KillWithheld}. */
    KILL_WITHHELD("KillWithheld", EventSeverity.WARNING),
    /** {@link GuardEvent.KernelOomKill}. */
    KERNEL_OOM_KILL("KernelOomKill", EventSeverity.CRITICAL),
    /** {@link GuardEvent.BystandersFrozen}. */
    BYSTANDERS_FROZEN("BystandersFrozen", EventSeverity.INFO),
    /** {@link GuardEvent.EmergencyShutdown}. */
    EMERGENCY_SHUTDOWN("EmergencyShutdown", EventSeverity.CRITICAL),
    /** {@link GuardEvent.WatchdogMoved}. */
    WATCHDOG_MOVED("WatchdogMoved", EventSeverity.WARNING),
    /** {@link GuardEvent.ScheduleFired}. */
    SCHEDULE_FIRED("ScheduleFired", EventSeverity.INFO),
    /** {@link GuardEvent.ScheduleSkipped}. */
    SCHEDULE_SKIPPED("ScheduleSkipped", EventSeverity.WARNING),
    /** {@link GuardEvent.ScheduleChanged}. */
    SCHEDULE_CHANGED("ScheduleChanged", EventSeverity.INFO),
    /** {@link GuardEvent.ScheduleNotRestored}. */
    SCHEDULE_NOT_RESTORED("ScheduleNotRestored", EventSeverity.WARNING),
    /** {@link GuardEvent.LimitChanged}. */
    LIMIT_CHANGED("LimitChanged", EventSeverity.WARNING),
    /** {@link GuardEvent.ReadingDegraded}. */
    READING_DEGRADED("ReadingDegraded", EventSeverity.WARNING),
    /** {@link GuardEvent.ReadingRestored}. */
    READING_RESTORED("ReadingRestored", EventSeverity.INFO),
    /** {@link GuardEvent.PluginMisbehaved}. */
    PLUGIN_MISBEHAVED("PluginMisbehaved", EventSeverity.WARNING),
    /** {@link GuardEvent.LoopLagged}. */
    LOOP_LAGGED("LoopLagged", EventSeverity.WARNING),
    /** {@link GuardEvent.LoopRestarted}. */
    LOOP_RESTARTED("LoopRestarted", EventSeverity.WARNING),
    /** {@link GuardEvent.HistoryDegraded}. */
    HISTORY_DEGRADED("HistoryDegraded", EventSeverity.WARNING),
    /** {@link GuardEvent.HistoryRestored}. */
    HISTORY_RESTORED("HistoryRestored", EventSeverity.INFO),
    /** {@link GuardEvent.EventsDropped}. */
    EVENTS_DROPPED("EventsDropped", EventSeverity.WARNING);

    private final String text;
    private final EventSeverity usualSeverity;

    EventType(String text, EventSeverity usualSeverity) {
        this.text = text;
        this.usualSeverity = usualSeverity;
    }

    /** Returns the name in stores and in JSON, such as {@code Terminated}. */
    public String text() {
        return text;
    }

    /** Returns how much events of this type matter if there is nothing special about one. */
    public EventSeverity usualSeverity() {
        return usualSeverity;
    }

    /** Returns the type of a name; empty if this version has none, such as that of an event which a later version has kept. */
    public static Optional<EventType> of(String text) {
        return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
    }

    /**
     * Returns whether events of this type that are {@link EventSeverity#CRITICAL} report notebooks that were ended for lack
     * of memory.
     */
    public boolean canBeKill() {
        return this == TERMINATED || this == KERNEL_OOM_KILL || this == EMERGENCY_SHUTDOWN;
    }

    /** Returns whether events of this type are kept in history: progress is not, as the execution's record has it. */
    public boolean isKept() {
        return this != PROGRESS_MADE;
    }
}
