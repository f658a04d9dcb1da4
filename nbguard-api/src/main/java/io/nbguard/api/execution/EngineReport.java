package io.nbguard.api.execution;

import io.nbguard.api.measure.ByteSize;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an engine knows about the end of an execution, apart from what papermill itself returned.
 *
 * @param id the engine's name for it, such as a container's or a job's id
 * @param node the node of the engine that it ran on
 * @param end why the engine ended it; empty if it ended by itself
 * @param detail the engine's words for a person, such as whose bound an out-of-memory kill was at
 * @param startedAt when the engine started it
 * @param restarts how often the engine started it anew
 * @param peakMemory the most that it held, by the engine's account
 * @param exitCode what the engine says it returned, which may be its own
 */
public record EngineReport(
        String id,
        Optional<String> node,
        Optional<End> end,
        Optional<String> detail,
        Optional<Instant> startedAt,
        int restarts,
        Optional<ByteSize> peakMemory,
        OptionalInt exitCode) {

    /** Why an engine ends an execution. */
    public enum End {
        /** It reached a memory limit of the engine's. */
        OUT_OF_MEMORY,
        /** The engine lost the node that it ran on. */
        NODE_LOST,
        /** Another one, of higher priority, got its place. */
        PREEMPTED,
        /** The engine removed it from its node to free resources. */
        EVICTED,
        /** It ran longer than the engine allows. */
        TIME_LIMIT,
        /** It was cancelled in the engine, and not by this guard. */
        CANCELLED
    }

    /** Begins a report with the engine's name for the execution. */
    public static EngineReport of(String id) {
        return new EngineReport(
                id,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                OptionalInt.empty());
    }

    /** Returns this report with why the engine ended it. */
    public EngineReport endedBy(End why, String words) {
        return new EngineReport(
                id, node, Optional.of(why), Optional.of(words), startedAt, restarts, peakMemory, exitCode);
    }

    /** Returns this report with where it ran. */
    public EngineReport on(String where) {
        return new EngineReport(id, Optional.of(where), end, detail, startedAt, restarts, peakMemory, exitCode);
    }

    /** Returns this report with when it was started, and how often anew. */
    public EngineReport started(Instant when, int anew) {
        return new EngineReport(id, node, end, detail, Optional.of(when), anew, peakMemory, exitCode);
    }

    /** Returns this report with the most that it held. */
    public EngineReport withPeakMemory(ByteSize most) {
        return new EngineReport(id, node, end, detail, startedAt, restarts, Optional.of(most), exitCode);
    }
}
