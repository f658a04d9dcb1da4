package io.nbguard.api.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an execution; final once {@link #state()} is an end.
 *
 * @param id its id
 * @param notebook the name a person gave the notebook, as in the request
 * @param owner the person or service that requested it, if the request names one
 * @param schedule the schedule that started it; empty when a person or a program did
 * @param state where it is in its life
 * @param reason why it ended; empty while it runs and when it completed
 * @param message one line for a person about the end, such as {@code OOM Prevention: Terminated hog.ipynb}; in
 *     {@link ExecutionState#WAITING} and {@link ExecutionState#CONTACT_LOST}, why it waits or cannot be seen
 * @param error the error of the notebook itself, such as {@code ValueError: no data (cell 3)}
 * @param exitCode what the executor's main process returned; empty when there was none, or a signal ended it first
 * @param output the executed notebook, partial after a kill; empty when none was written
 * @param submittedAt when the request was accepted
 * @param startedAt when it was launched
 * @param endedAt when nothing of it was alive any more
 * @param progress how far it came
 * @param peakMemory the most that its process tree was known to hold, as sampled: charged by the kernel to its own cgroup
 *     (without file cache), else PSS, else RSS; of an engine's execution, by the engine's account; empty where that is not known
 * @param cpuTime processor time of the whole tree; empty where that is not known
 * @param killScenario what the watchdog saw when it chose this execution
 * @param executor the name of the executor that runs it; empty in records of nbguard 0.1.0
 * @param engine what the engine that ran it knows, once it has ended; empty where it ran without one
 */
public record ExecutionRecord(
        ExecutionId id,
        String notebook,
        Optional<String> owner,
        Optional<ScheduleId> schedule,
        ExecutionState state,
        Optional<EndReason> reason,
        Optional<String> message,
        Optional<String> error,
        OptionalInt exitCode,
        Optional<Path> output,
        Instant submittedAt,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt,
        Progress progress,
        Optional<ByteSize> peakMemory,
        Optional<CpuTime> cpuTime,
        Optional<KillScenario> killScenario,
        Optional<String> executor,
        Optional<EngineReport> engine) {

    /** Returns the three-word status (spec A6). */
    public ExecutionStatus status() {
        return state.status();
    }

    /** Returns the time from start to end, or to {@code now} while it runs; zero before the start. */
    public Duration elapsed(@Nullable Instant now) {
        if (startedAt.isEmpty()) {
            return Duration.ZERO;
        }
        Instant until = endedAt.orElse(now == null ? startedAt.get() : now);
        return Duration.between(startedAt.get(), until);
    }
}
