package io.nbguard.papermill.run;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.papermill.launch.PythonEnd;
import io.nbguard.papermill.launch.PythonLauncher;
import io.nbguard.papermill.launch.RunningPython;
import io.nbguard.papermill.launch.SupervisedLauncher;
import io.nbguard.papermill.notebook.Evidence;
import io.nbguard.papermill.notebook.EvidenceReader;
import io.nbguard.papermill.notebook.Outline;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.StopAnswer;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A papermill run under way. Three threads belong to it: one reads what our script reports, one what is printed on the
 * console, one waits for the end. All end with it. A fourth one writes down the run for another JVM, if it is to outlive this
 * one.
 */
public final class PapermillRun implements LaunchedExecution {

    /** How long the console may stay open once everything that could write to it has gone, seconds. */
    private static final long CONSOLE_GRACE_SECONDS = 2;

    /** The form of the state that a run keeps. */
    public static final int HANDLE_VERSION = 1;

    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private final LaunchContext context;
    private final RunFiles files;
    private final RunningPython python;
    private final RunFacts facts;
    private final StoppedSupervisor stopped;
    private final ScriptChannel channel;
    private final ScriptReader script;
    private final Console console = new Console();
    private final CountDownLatch papermillEnded = new CountDownLatch(1);
    private final CountDownLatch channelRead = new CountDownLatch(1);
    private final CountDownLatch consoleRead = new CountDownLatch(1);
    private final CompletableFuture<ExitReport> completion = new CompletableFuture<>();
    private volatile boolean begun;

    private PapermillRun(
            LaunchContext context,
            RunFiles files,
            ScriptChannel channel,
            RunningPython python,
            RunFacts facts,
            StoppedSupervisor stopped) {
        this.context = context;
        this.files = files;
        this.channel = channel;
        this.python = python;
        this.facts = facts;
        this.stopped = stopped;
        script = new ScriptReader(facts.newInjectedCell(), new Telling());
    }

    /**
     * Checks what can be checked of a request's parameters before anything is started.
     *
     * @throws io.nbguard.api.GuardException {@code INVALID_REQUEST} if a value cannot reach the notebook as it is
     */
    public static void checkParameters(ExecutionRequest request) {
        ParametersYaml.of(request.parameters());
    }

    /**
     * Starts papermill.
     *
     * @param interpreter the Python to use
     * @param hostEnvironment the environment of this JVM
     * @throws IOException if files cannot be written or the process cannot be started; nothing is left of it
     */
    public static PapermillRun start(
            ExecutionRequest request,
            LaunchContext context,
            Outline outline,
            Path interpreter,
            Map<String, String> hostEnvironment)
            throws IOException {
        RunFiles files = RunFiles.in(context);
        var command = PapermillCommand.of(
                request,
                context.notebook(),
                context.allocation(),
                outline,
                interpreter,
                files,
                PapermillSettings.of(context.configuration()),
                context.outlivesHost(),
                hostEnvironment);
        RunFacts facts =
                new RunFacts(interpreter, PapermillCommand.kernel(request, outline), newInjectedCell(request, outline));
        if (context.outlivesHost()) {
            facts.write(files.facts());
        }
        StoppedSupervisor stopped = new StoppedSupervisor(context);
        PythonLauncher launcher = new SupervisedLauncher(files.own(), context.outlivesHost(), stopped);
        ScriptChannel channel = ScriptChannel.create(files.channel());
        RunningPython python;
        try {
            python = launcher.start(command, context.localProcesses()::start);
        } catch (IOException | RuntimeException notStarted) {
            channel.close();
            throw notStarted;
        }
        PapermillRun run = new PapermillRun(context, files, channel, python, facts, stopped);
        run.attend();
        if (context.outlivesHost()) {
            run.start(run::keep);
        }
        return run;
    }

    /**
     * Takes up a run that has outlived the JVM that started it, perhaps until its own end.
     *
     * @throws IOException if there is none
     */
    public static PapermillRun recover(LaunchContext context) throws IOException {
        RunFiles files = RunFiles.leftIn(context);
        RunFacts facts = RunFacts.read(files.facts());
        StoppedSupervisor stopped = new StoppedSupervisor(context);
        RunningPython python =
                SupervisedLauncher.takeUp(files.own(), context.localProcesses().root(), stopped);
        ScriptChannel channel = ScriptChannel.open(files.channel());
        PapermillRun run = new PapermillRun(context, files, channel, python, facts, stopped);
        run.attend();
        return run;
    }

    private void attend() {
        start(this::readChannel);
        start(this::readConsole);
        start(this::finish);
    }

    private void start(Runnable work) {
        try {
            context.threads().newThread(work).start();
        } catch (Throwable noThread) {
            python.kill();
            papermillEnded.countDown();
            throw noThread;
        }
    }

    /** Everything that another JVM needs is stored before the run may outlive this one. That may take a while. */
    private void keep() {
        try {
            // All else is in the execution's folders.
            context.keep(HANDLE_VERSION, Map.of());
            python.outliveHost();
        } catch (IOException e) {
            if (!completion.isDone()) {
                context.note("it will end if this process dies, as its handle could not be stored for another: " + e);
            }
        }
    }

    /** Where papermill adds its cell of parameters to the notebook; empty if it adds none, or replaces one. */
    private static OptionalInt newInjectedCell(ExecutionRequest request, Outline outline) {
        if (request.parameters().isEmpty() || outline.injectedCell().isPresent()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(
                outline.parametersCell().isPresent() ? outline.parametersCell().getAsInt() + 1 : 0);
    }

    @Override
    public CompletableFuture<ExitReport> completion() {
        return completion;
    }

    @Override
    public CompletableFuture<StopAnswer> stop(Force force) {
        switch (force) {
            case INTERRUPT -> python.interrupt();
            case TERMINATE -> python.terminate();
            case KILL -> python.kill();
        }
        return completion.thenApply(report -> StopAnswer.GONE);
    }

    private void readChannel() {
        try (channel) {
            channel.follow(script::accept, papermillEnded);
        } catch (IOException | InterruptedException e) {
            context.note("what papermill does cannot be followed any more: " + e);
        } finally {
            channelRead.countDown();
        }
    }

    private void readConsole() {
        try (Reader reader = new InputStreamReader(python.output(), StandardCharsets.UTF_8)) {
            CharBuffer chunk = CharBuffer.allocate(8192);
            while (reader.read(chunk) >= 0) {
                console.accept(chunk.flip());
                chunk.clear();
            }
            console.end();
        } catch (IOException closed) {
            // The process has ended and its stream with it.
        } finally {
            consoleRead.countDown();
        }
    }

    private void finish() {
        ExitReport report;
        try {
            PythonEnd end = python.await();
            if (!end.allGone()) {
                // Papermill must not write while its output is read.
                context.localProcesses().killAndConfirm(Duration.ZERO, KILL_TIMEOUT);
            }
            papermillEnded.countDown();
            channelRead.await();
            // Not for ever: a process that could not be killed may hold the console open.
            if (!consoleRead.await(CONSOLE_GRACE_SECONDS, TimeUnit.SECONDS)) {
                context.note("a process that could not be killed holds the console of papermill open");
            }
            report = report(end);
        } catch (Throwable failure) {
            papermillEnded.countDown();
            ExitReport.Builder unknown = ExitReport.of(ExitReport.Exit.UNKNOWN)
                    .error("the end of papermill could not be looked at: " + failure);
            report = (begun ? unknown : unknown.failure(EndReason.START_FAILED)).build();
        }
        completion.complete(report);
    }

    private ExitReport report(PythonEnd end) {
        ScriptReport reported = script.report();
        // Also after a success: what the script reports is not trusted alone.
        Evidence evidence =
                EvidenceReader.read(files.output(), facts.newInjectedCell().isPresent());
        Finding finding = Finding.of(new Finding.Scene(
                end,
                begun
                        || reported.lastBegun().isPresent()
                        || evidence.lastBegun().isPresent(),
                reported,
                evidence,
                console.tail(),
                facts.kernel(),
                facts.interpreter()));
        boolean whole = evidence.whole();
        List<String> remarks = new ArrayList<>(stopped.remarks());
        remarks.addAll(reported.remarks());
        earlyExit(reported).ifPresent(remarks::add);
        if (!whole && Files.exists(files.output(), LinkOption.NOFOLLOW_LINKS)) {
            remarks.add("the executed notebook is torn, so it is not kept");
        }
        return new ExitReport(
                new ExitReport.Exit(end.exitCode(), end.signal(), python.endedAt()),
                new ExitReport.Findings(finding.failure(), finding.error(), remarks),
                whole ? Optional.of(files.output()) : Optional.empty(),
                new UsageTotals(Optional.empty(), end.cpuTime()),
                Optional.empty());
    }

    private static Optional<String> earlyExit(ScriptReport reported) {
        int cell = reported.exit().orElse(0);
        int total = reported.total().orElse(0);
        return cell > 0 && cell < total
                ? Optional.of("cell " + cell + " of " + total + " ended it by sys.exit()")
                : Optional.empty();
    }

    /** Passes to core what our script reports. */
    private final class Telling implements ScriptReader.Listener {

        @Override
        public void cells(int done, int total) {
            context.progress(Progress.of(done, total));
        }

        @Override
        public void begun() {
            begun = true;
            context.running();
        }

        @Override
        public void note(String message) {
            context.note(message);
        }
    }
}
