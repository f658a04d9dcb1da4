package io.nbguard.core.execution;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.core.event.PluginText;
import io.nbguard.spi.executor.ExitReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks whether what an executor reports can be judged at all. */
final class ReportCheck {

    /** What evidence may point to, by the contract of {@link ExitReport.Findings#failure}. */
    private static final Set<EndReason> EVIDENCE =
            EnumSet.of(EndReason.CELL_ERROR, EndReason.KERNEL_DIED, EndReason.START_FAILED, EndReason.EXECUTOR_FAILED);

    private static final Duration WRONG_CLOCK = Duration.ofMinutes(1);
    private static final int LONGEST_ERROR = 4_000;
    private static final int LONGEST_REMARKS = 8_000;

    private ReportCheck() {}

    /**
     * Returns a report without what cannot be meant, and with its texts cut: what it says is kept in the record, and in what
     * shows that.
     *
     * @param earliest before when it cannot have ended
     * @param fault takes what is wrong, for a person
     * @throws ExecutorBroken if it cannot be judged at all
     */
    static ExitReport checked(ExitReport report, Instant earliest, Instant now, Consumer<String> fault) {
        if (report == null) {
            throw new ExecutorBroken(Fault.INVALID_ANSWER, "its report on the end is null");
        }
        report.findings().failure().filter(reason -> !EVIDENCE.contains(reason)).ifPresent(reason -> {
            throw new ExecutorBroken(
                    Fault.INVALID_ANSWER,
                    "its report on the end says " + reason
                            + ": expected CELL_ERROR, KERNEL_DIED, START_FAILED or EXECUTOR_FAILED");
        });
        return cleaned(report, earliest, now, fault);
    }

    private static ExitReport cleaned(ExitReport report, Instant earliest, Instant now, Consumer<String> fault) {
        Optional<Instant> endedAt = report.exit().at();
        if (endedAt.filter(at -> !isPlausible(at, earliest, now)).isPresent()) {
            fault.accept("it reports an end at " + endedAt.get() + ", when it is " + now
                    + " here and the execution began at " + earliest
                    + ": its clock or the engine's goes wrong; it is taken to have ended now");
            endedAt = Optional.empty();
        }
        return new ExitReport(
                new ExitReport.Exit(
                        report.exit().code(),
                        report.exit().signal(),
                        endedAt.map(at -> at.isAfter(now) ? now : at.isBefore(earliest) ? earliest : at)),
                new ExitReport.Findings(
                        report.findings().failure(),
                        report.findings().error().map(text -> PluginText.bounded(text, LONGEST_ERROR)),
                        bounded(report.findings().remarks())),
                report.output(),
                report.usage(),
                report.engine().map(known -> cleaned(known, now, fault)));
    }

    private static boolean isPlausible(Instant at, Instant earliest, Instant now) {
        return !at.isAfter(now.plus(WRONG_CLOCK)) && !at.isBefore(earliest.minus(WRONG_CLOCK));
    }

    private static List<String> bounded(List<String> remarks) {
        List<String> kept = new ArrayList<>();
        int length = 0;
        for (String remark : remarks) {
            String cut = PluginText.bounded(remark);
            length += cut.length();
            if (length > LONGEST_REMARKS) {
                kept.add("and " + (remarks.size() - kept.size()) + " further remarks");
                break;
            }
            kept.add(cut);
        }
        return kept;
    }

    private static EngineReport cleaned(EngineReport report, Instant now, Consumer<String> fault) {
        List<String> wrong = new ArrayList<>();
        require(report.id(), "id", wrong);
        require(report.node(), "node", wrong);
        require(report.end(), "end", wrong);
        require(report.detail(), "detail", wrong);
        require(report.startedAt(), "start", wrong);
        require(report.peakMemory(), "peak memory", wrong);
        require(report.exitCode(), "exit code", wrong);
        wrong.replaceAll(part -> "null as its engine's " + part);
        Optional<Instant> startedAt = orEmpty(report.startedAt());
        if (startedAt
                .filter(at -> at.isAfter(now.plus(WRONG_CLOCK)) || at.isBefore(Instant.EPOCH))
                .isPresent()) {
            wrong.add("a start in its engine at " + startedAt.get());
            startedAt = Optional.empty();
        }
        if (report.restarts() < 0) {
            wrong.add(report.restarts() + " restarts");
        }
        if (!wrong.isEmpty()) {
            fault.accept("it reports " + String.join(", ", wrong) + ": that is unknown then");
        }
        return new EngineReport(
                report.id() == null ? "" : PluginText.bounded(report.id()),
                orEmpty(report.node()).map(PluginText::bounded),
                orEmpty(report.end()),
                orEmpty(report.detail()).map(PluginText::bounded),
                startedAt,
                Math.max(0, report.restarts()),
                orEmpty(report.peakMemory()),
                report.exitCode() == null ? OptionalInt.empty() : report.exitCode());
    }

    private static <T> Optional<T> orEmpty(@Nullable Optional<T> part) {
        return part == null ? Optional.empty() : part;
    }

    private static void require(Object part, String name, List<String> missing) {
        if (part == null) {
            missing.add(name);
        }
    }
}
