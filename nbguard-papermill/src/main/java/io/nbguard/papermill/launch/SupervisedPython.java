package io.nbguard.papermill.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A command under its supervisor. This JVM sends to the supervisor's standard input, and reads its standard error, which no
 * other process has open.
 */
final class SupervisedPython extends Supervised {

    private final Process supervisor;
    private final OutputStream control;
    private final SupervisorFiles files;
    private final boolean printsToFile;
    private final StandStill standStill;

    /**
     * Takes a supervisor that was started, and makes it start its command.
     *
     * @param printsToFile whether its command may outlive this JVM, and so prints to a file
     */
    SupervisedPython(Process supervisor, SupervisorFiles files, boolean printsToFile, Runnable stopped) {
        this.supervisor = supervisor;
        this.control = supervisor.getOutputStream();
        this.files = files;
        this.printsToFile = printsToFile;
        standStill = new StandStill(supervisor.pid(), stopped);
        send("GO");
    }

    @Override
    public InputStream output() throws IOException {
        return printsToFile
                ? new GrowingFile(files.console(), () -> !supervisor.isAlive())
                : supervisor.getInputStream();
    }

    @Override
    void send(String word) {
        // Never blocks: all words ever sent fit into the pipe many times over.
        try {
            control.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
            control.flush();
        } catch (IOException ended) {
            // The supervisor has gone, and with it everything that the word was for.
        }
    }

    @Override
    public boolean await(Duration longest) throws InterruptedException {
        return supervisor.waitFor(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public PythonEnd await() throws InterruptedException {
        while (!supervisor.waitFor(StandStill.PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            standStill.look();
        }
        return SupervisorReport.of(supervisor.exitValue(), reported());
    }

    /** What lies there now: another process may have the other end still, and its end is not waited for. */
    private String reported() {
        try {
            InputStream report = supervisor.getErrorStream();
            int length = Math.min(report.available(), SupervisorReport.LONGEST);
            return new String(report.readNBytes(length), StandardCharsets.UTF_8);
        } catch (IOException closed) {
            return "";
        }
    }

    @Override
    public Optional<Instant> endedAt() {
        return Optional.empty();
    }
}
