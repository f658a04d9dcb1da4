package io.nbguard.papermill.launch;

import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts every command under a supervisor of its own, {@code nbguard_supervisor.py}, which is the root of its tree: it
 * adopts and ends what the command leaves behind, and ends everything when this JVM dies, unless an option forbids it.
 */
public final class SupervisedLauncher implements PythonLauncher {

    private static final String NO_CONTROL = "-";

    private final Path privateFolder;
    private final boolean mayOutliveHost;
    private final Runnable supervisorStopped;

    /**
     * Makes one.
     *
     * @param privateFolder an existing folder for the script and its report; one command at a time
     * @param mayOutliveHost whether {@link RunningPython#outliveHost} may be asked of what it starts
     * @param supervisorStopped called once a second, by the thread that waits for the end, while the supervisor does not
     *     run because it was stopped; to let it go on
     */
    public SupervisedLauncher(Path privateFolder, boolean mayOutliveHost, Runnable supervisorStopped) {
        this.privateFolder = privateFolder;
        this.mayOutliveHost = mayOutliveHost;
        this.supervisorStopped = supervisorStopped;
    }

    @Override
    public RunningPython start(PythonCommand command, ProcessStarter starter) throws IOException {
        SupervisorFiles files = SupervisorFiles.in(privateFolder);
        Path script = Scripts.write(
                SupervisedLauncher.class, files.script().getFileName().toString(), privateFolder);
        // An earlier command's report must never pass for this one's.
        Files.deleteIfExists(files.report());
        List<String> line = new ArrayList<>(List.of(
                command.interpreter().toString(),
                // Isolated and without site-packages: the user's PYTHON* variables and packages cannot break it.
                "-I",
                "-S",
                script.toString(),
                files.report().toString(),
                mayOutliveHost ? files.control().toString() : NO_CONTROL,
                command.interpreter().toString()));
        line.addAll(command.arguments());
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(command.workingDirectory().toFile());
        if (mayOutliveHost) {
            Files.createFile(files.console());
            builder.redirectOutput(
                    ProcessBuilder.Redirect.appendTo(files.console().toFile()));
        }
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(command.environment());
        return new SupervisedPython(starter.start(builder), files, mayOutliveHost, supervisorStopped);
    }

    /**
     * Takes up a command that another JVM has started and that has outlived it, perhaps until its own end.
     *
     * @param privateFolder the folder that its launcher had
     * @param supervisor the root of its tree, if that lives
     * @param supervisorStopped as of the launcher that started it
     * @throws IOException if nothing was started there that outlives its host
     */
    public static RunningPython takeUp(
            Path privateFolder, Optional<ProcessIdentity> supervisor, Runnable supervisorStopped) throws IOException {
        return InheritedPython.in(privateFolder, supervisor, supervisorStopped);
    }
}
