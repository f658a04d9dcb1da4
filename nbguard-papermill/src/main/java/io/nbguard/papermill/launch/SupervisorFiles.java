package io.nbguard.papermill.launch;

import io.nbguard.api.internal.UntrustedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The files of a supervisor. All but its program serve only for one that may outlive its host, and the command can write them
 * too: what is read of them may be anything.
 *
 * @param script its program
 * @param report where it says how its command ended
 * @param control a named pipe, by which one that has outlived its host gets commands
 * @param console what its command prints
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
        try {
            return SupervisorReport.parse(UntrustedFiles.text(report, SupervisorReport.LONGEST), problem);
        } catch (IOException e) {
            return PythonEnd.unknown(problem);
        }
    }

    /** Returns when the report was written; empty if there is none. */
    Optional<Instant> reportedAt() {
        try {
            return Optional.of(
                    Files.getLastModifiedTime(report, LinkOption.NOFOLLOW_LINKS).toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
