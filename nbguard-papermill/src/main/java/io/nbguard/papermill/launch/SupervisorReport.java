package io.nbguard.papermill.launch;

import io.nbguard.api.measure.CpuTime;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Understands what a supervisor reports: one flat JSON object in a line of its own. */
final class SupervisorReport {

    /** More than any report has. */
    static final int LONGEST = 64 << 10;

    private static final int SIGNALLED = 128;

    private static final String NO_REPORT = "its supervisor ended without a report";

    private SupervisorReport() {}

    /**
     * Judges what a supervisor that has ended wrote where no other process can write. A report counts only from a supervisor
     * that ended by itself with exit code 0, and only one.
     *
     * @param code its exit code; 128 and a signal's number if that ended it
     * @param text all that it wrote
     */
    static PythonEnd of(int code, String text) {
        String[] lines = text.strip().split("\n");
        // What the dynamic linker, a wrapper or Python itself has to complain of stands there too.
        List<String> reports = text.lines().filter(line -> line.startsWith("{")).toList();
        if (code == 0 && reports.size() == 1) {
            return parse(reports.get(0), NO_REPORT);
        }
        if (code == 0 && reports.isEmpty()) {
            return PythonEnd.unknown(NO_REPORT);
        }
        if (code > SIGNALLED) {
            return PythonEnd.unknown("the supervisor was ended by signal " + (code - SIGNALLED)
                    + ", which nbguard did not send; on the read-only tier, what it held together may have got away");
        }
        if (code == 0) {
            return PythonEnd.unknown(
                    "the supervisor's end is reported " + reports.size() + " times, so no report counts");
        }
        String last = lines[lines.length - 1].strip();
        return PythonEnd.unknown(
                "the supervisor failed with exit code " + code + (last.isEmpty() ? "" : " (" + last + ")"));
    }

    /**
     * Reads one report.
     *
     * @param problem what to say if it is none
     */
    static PythonEnd parse(String line, String problem) {
        try {
            Map<String, String> fields = FlatJson.parse(line);
            return new PythonEnd(
                    number(fields, "exit"),
                    number(fields, "signal"),
                    Optional.ofNullable(fields.get("cpu_nanos"))
                            .map(Long::parseLong)
                            .map(CpuTime::ofNanos),
                    number(fields, "killed").orElse(0),
                    Boolean.parseBoolean(fields.get("all_gone")),
                    Boolean.parseBoolean(fields.get("subreaper")),
                    keeperProblem(number(fields, "keeper")));
        } catch (IOException | NumberFormatException e) {
            return PythonEnd.unknown(problem);
        }
    }

    /** The keeper's wait status, if it ended before it could say how the command did. */
    private static Optional<String> keeperProblem(OptionalInt status) {
        if (status.isEmpty()) {
            return Optional.empty();
        }
        int signal = status.getAsInt() & 0x7f;
        return Optional.of(
                signal == 0
                        ? "the keeper of its processes failed with exit code " + (status.getAsInt() >> 8 & 0xff)
                        : "the keeper of its processes was ended by signal " + signal
                                + ", which nbguard did not send; the supervisor has ended all of them");
    }

    private static OptionalInt number(Map<String, String> fields, String name) {
        String text = fields.get(name);
        return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }
}
