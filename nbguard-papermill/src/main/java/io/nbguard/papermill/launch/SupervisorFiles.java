package io.nbguard.papermill.launch;

import io.nbguard.api.CpuTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The files of a supervisor.
 *
 * @param script its program
 * @param report where it says how its command ended
 * @param control a named pipe, by which one is spoken to that has outlived its host
 * @param console what its command prints, if it may outlive its host
 */
record SupervisorFiles(Path script, Path report, Path control, Path console) {

    static SupervisorFiles in(Path folder) {
        return new SupervisorFiles(
                folder.resolve("nbguard_supervisor.py"),
                folder.resolve("nbguard_report.json"),
                folder.resolve("nbguard_control"),
                folder.resolve("nbguard_console.log"));
    }

    /**
     * Reads the report.
     *
     * @param problem why there is none, if there is none
     */
    PythonEnd end(String problem) {
        Map<String, String> told;
        try {
            told = FlatJson.read(report);
        } catch (IOException e) {
            return PythonEnd.unknown(problem);
        }
        return new PythonEnd(
                number(told, "exit"),
                number(told, "signal"),
                Optional.ofNullable(told.get("cpu_nanos")).map(Long::parseLong).map(CpuTime::ofNanos),
                number(told, "killed").orElse(0),
                Boolean.parseBoolean(told.get("all_gone")),
                Boolean.parseBoolean(told.get("subreaper")),
                Optional.empty());
    }

    private static OptionalInt number(Map<String, String> told, String name) {
        String text = told.get(name);
        return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    /** Returns when the report was written; empty if there is none. */
    Optional<Instant> reportedAt() {
        try {
            return Optional.of(Files.getLastModifiedTime(report).toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
