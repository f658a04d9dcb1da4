package io.nbguard.papermill.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts every command under a supervisor of its own, {@code nbguard_supervisor.py}, which is the root of its tree: it
 * adopts and ends what the command leaves behind, and ends everything when this JVM dies.
 */
public final class SupervisedLauncher implements PythonLauncher {

    private static final String SCRIPT = "nbguard_supervisor.py";
    private static final String REPORT = "nbguard_report.json";

    private final Path privateFolder;

    /**
     * Makes one.
     *
     * @param privateFolder an existing folder for the script and its report; one command at a time
     */
    public SupervisedLauncher(Path privateFolder) {
        this.privateFolder = privateFolder;
    }

    @Override
    public RunningPython start(PythonCommand command, ProcessStarter starter) throws IOException {
        Path script = Scripts.write(SupervisedLauncher.class, SCRIPT, privateFolder);
        Path report = privateFolder.resolve(REPORT);
        // An earlier command's report must never pass for this one's.
        Files.deleteIfExists(report);
        List<String> line = new ArrayList<>(List.of(
                command.interpreter().toString(),
                // Isolated and without site-packages: the user's PYTHON* variables and packages cannot break it.
                "-I",
                "-S",
                script.toString(),
                report.toString(),
                command.interpreter().toString()));
        line.addAll(command.arguments());
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(command.workingDirectory().toFile())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(command.environment());
        return new SupervisedPython(starter.start(builder), report);
    }
}
