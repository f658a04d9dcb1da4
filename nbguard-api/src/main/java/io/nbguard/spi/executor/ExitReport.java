package io.nbguard.spi.executor;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.UsageTotals;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an executor found when its execution had ended: evidence, not a verdict. Core judges, in this order: its own kill
 * reason, the exit code, what the cells show.
 *
 * @param exit how the main process ended
 * @param findings what cells and log show
 * @param output the executed notebook in the staging folder, whole or partial; empty if this run wrote none
 * @param usage what the whole tree used, by the kernel's or the engine's own account, where the executor can tell; goes before
 *     what was measured
 * @param engine what the engine that ran it knows; empty where it ran without one
 */
public record ExitReport(
        Exit exit, Findings findings, Optional<Path> output, UsageTotals usage, Optional<EngineReport> engine) {

    /** Checks that nothing is null. */
    public ExitReport {
        Objects.requireNonNull(exit, "exit");
        Objects.requireNonNull(findings, "findings");
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(engine, "engine");
    }

    /**
     * How the main process ended.
     *
     * @param code what it returned; empty if a signal ended it or it never ran
     * @param signal the signal that ended it, if one did
     * @param at when, if that was before this process looked; empty for now
     */
    public record Exit(OptionalInt code, OptionalInt signal, Optional<Instant> at) {

        /** Of a process of which neither code nor signal is known, or that never ran. */
        public static final Exit UNKNOWN = new Exit(OptionalInt.empty(), OptionalInt.empty(), Optional.empty());

        /** Checks that nothing is null. */
        public Exit {
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(signal, "signal");
            Objects.requireNonNull(at, "at");
        }
    }

    /**
     * What cells and log show.
     *
     * @param failure what they point to: {@link EndReason#CELL_ERROR}, {@link EndReason#KERNEL_DIED},
     *     {@link EndReason#START_FAILED} or {@link EndReason#EXECUTOR_FAILED}; empty if nothing points to a failure
     * @param error the error in a line or a few, for a person
     * @param remarks what else a person who reads the record should know, each a clause such as {@code output of cell 3 was cut}
     */
    public record Findings(Optional<EndReason> failure, Optional<String> error, List<String> remarks) {

        /** Checks that nothing is null; keeps its own copy of the remarks. */
        public Findings {
            Objects.requireNonNull(failure, "failure");
            Objects.requireNonNull(error, "error");
            remarks = List.copyOf(remarks);
        }
    }

    /** Begins the report on a main process that returned an exit code. */
    public static Builder exited(int code) {
        return of(new Exit(OptionalInt.of(code), OptionalInt.empty(), Optional.empty()));
    }

    /** Begins the report on a main process that was ended by a signal. */
    public static Builder signalled(int signal) {
        return of(new Exit(OptionalInt.empty(), OptionalInt.of(signal), Optional.empty()));
    }

    /** Begins the report on an execution that ended in some other way, such as by its engine, or of which it is not known. */
    public static Builder of(Exit exit) {
        return new Builder(exit);
    }

    /** Makes an {@link ExitReport}: what is not set is not known. Not safe for use by many threads. */
    public static final class Builder {

        private Exit exit;
        private Optional<EndReason> failure = Optional.empty();
        private Optional<String> error = Optional.empty();
        private final List<String> remarks = new ArrayList<>();
        private Optional<Path> output = Optional.empty();
        private UsageTotals usage = UsageTotals.UNKNOWN;
        private Optional<EngineReport> engine = Optional.empty();

        private Builder(Exit exit) {
            this.exit = exit;
        }

        /** Sets when it ended, if that was before this process looked. */
        public Builder at(Instant when) {
            exit = new Exit(exit.code(), exit.signal(), Optional.of(when));
            return this;
        }

        /** Sets what cells and log point to: one of the four reasons of {@link Findings#failure}. */
        public Builder failure(EndReason reason) {
            failure = Optional.of(reason);
            return this;
        }

        /** Sets the error in a line or a few, for a person. */
        public Builder error(String text) {
            error = Optional.of(text);
            return this;
        }

        /** Adds something that a person who reads the record should know, as a clause. */
        public Builder remark(String clause) {
            remarks.add(Objects.requireNonNull(clause, "clause"));
            return this;
        }

        /** Sets the executed notebook in the staging folder, whole or partial. */
        public Builder output(Path file) {
            output = Optional.of(file);
            return this;
        }

        /** Sets the processor time of the whole tree, by the kernel's or the engine's own account. */
        public Builder cpuTime(CpuTime used) {
            usage = new UsageTotals(usage.peakMemory(), Optional.of(used));
            return this;
        }

        /** Sets the most that the whole tree held, by the kernel's or the engine's own account. */
        public Builder peakMemory(ByteSize most) {
            usage = new UsageTotals(Optional.of(most), usage.cpuTime());
            return this;
        }

        /** Sets what the engine that ran it knows. */
        public Builder engine(EngineReport known) {
            engine = Optional.of(known);
            return this;
        }

        /** Returns the report. */
        public ExitReport build() {
            return new ExitReport(exit, new Findings(failure, error, remarks), output, usage, engine);
        }
    }
}
