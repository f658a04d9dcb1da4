package io.nbguard.papermill.launch;

import io.nbguard.api.CpuTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A command under its supervisor; spoken to through the supervisor's standard input. */
final class SupervisedPython implements RunningPython {

    private final Process supervisor;
    private final OutputStream control;
    private final Path report;

    SupervisedPython(Process supervisor, Path report) {
        this.supervisor = supervisor;
        this.control = supervisor.getOutputStream();
        this.report = report;
    }

    @Override
    public InputStream output() {
        return supervisor.getInputStream();
    }

    @Override
    public void interrupt() {
        send("INT");
    }

    @Override
    public void terminate() {
        send("TERM");
    }

    @Override
    public void kill() {
        send("KILL");
    }

    private void send(String word) {
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
        int code = supervisor.waitFor();
        Map<String, String> told;
        try {
            told = FlatJson.read(report);
        } catch (IOException e) {
            return PythonEnd.unknown(
                    code > 128
                            ? "the supervisor was ended by signal " + (code - 128)
                            : "the supervisor failed with exit code " + code);
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
}
