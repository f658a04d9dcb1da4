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
    public static Builder of(String id) {
        return new Builder(id);
    }

    /** Makes an {@link EngineReport}: what is not set is not known. Not safe for use by many threads. */
    public static final class Builder {

        private final String id;
        private Optional<String> node = Optional.empty();
        private Optional<End> end = Optional.empty();
        private Optional<String> detail = Optional.empty();
        private Optional<Instant> startedAt = Optional.empty();
        private int restarts;
        private Optional<ByteSize> peakMemory = Optional.empty();
        private OptionalInt exitCode = OptionalInt.empty();

        private Builder(String id) {
            this.id = id;
        }

        /** Sets the node of the engine that it ran on. */
        public Builder node(String name) {
            node = Optional.of(name);
            return this;
        }

        /** Sets why the engine ended it, and its words for a person. */
        public Builder endedBy(End why, String words) {
            end = Optional.of(why);
            detail = Optional.of(words);
            return this;
        }

        /** Sets when the engine started it. */
        public Builder startedAt(Instant when) {
            startedAt = Optional.of(when);
            return this;
        }

        /** Sets how often the engine started it anew. */
        public Builder restarts(int number) {
            restarts = number;
            return this;
        }

        /** Sets the most that it held, by the engine's account. */
        public Builder peakMemory(ByteSize most) {
            peakMemory = Optional.of(most);
            return this;
        }

        /** Sets what the engine says it returned. */
        public Builder exitCode(int code) {
            exitCode = OptionalInt.of(code);
            return this;
        }

        /** Returns the report. */
        public EngineReport build() {
            return new EngineReport(id, node, end, detail, startedAt, restarts, peakMemory, exitCode);
        }
    }
}
