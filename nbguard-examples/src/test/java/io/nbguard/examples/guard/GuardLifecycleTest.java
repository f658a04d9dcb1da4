package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.CloseAction;
import io.nbguard.core.NotebookGuard;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guards beside each other, guards that are closed, and hosts that die: what is left is nothing. */
@Tag("slow")
@Timeout(300)
class GuardLifecycleTest {

    private static final String LEAVE_AND_STAY = """
            import escapees, footprint, time
            footprint.leave('kernel.process')
            escapees.leave()
            open('staying', 'w').close()
            while True: time.sleep(0.1)
            """;

    private static final int LEFT = 6;

    /** Threads of the JDK, of JNA and of Awaitility: they come when they like. */
    private static final List<String> NOT_OURS =
            List.of("process reaper", "Common-Cleaner", "JNA Cleaner", "awaitility", "Attach Listener");

    @TempDir
    Path folder;

    private Ground ground;

    @BeforeAll
    static void makeTheEnvironment() throws InterruptedException {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
    }

    @BeforeEach
    void makeNotebooks() {
        ground = new Ground(folder);
    }

    private static Execution run(NotebookGuard guard, String notebook) {
        return guard.run(ExecutionRequest.of(notebook).build());
    }

    @Test
    void twoGuardsInOneJvmDoNotTouchEachOther() {
        Ground other = new Ground(folder.resolve("other"));
        for (Ground each : List.of(ground, other)) {
            each.write(
                    "notebook.ipynb",
                    "import footprint; footprint.leave('kernel.process')",
                    "footprint.await_files('go-on')");
        }
        List<GuardEvent> heard = new CopyOnWriteArrayList<>();
        try (NotebookGuard first = ground.guard().build();
                NotebookGuard second = other.guard().listener(heard::add).build()) {
            Execution ended = run(first, "notebook.ipynb");
            Execution completed = run(second, "notebook.ipynb");
            Footprint firstKernel = ground.awaitFootprint("kernel");
            Footprint secondKernel = other.awaitFootprint("kernel");
            await().atMost(Ground.TIMEOUT).untilAsserted(() -> {
                assertThat(members(first)).contains(firstKernel.pid()).doesNotContain(secondKernel.pid());
                assertThat(members(second)).contains(secondKernel.pid()).doesNotContain(firstKernel.pid());
            });

            first.close();

            assertThat(ended.completion()).isCompleted();
            assertThat(ended.record().outcome().reason()).contains(EndReason.GUARD_CLOSED);
            assertThat(firstKernel.lives()).isFalse();
            assertThat(secondKernel.lives()).isTrue();
            assertThat(second.executions()).containsExactly(completed);
            other.signal("go-on");
            assertThat(other.awaitEnd(completed).state()).isEqualTo(ExecutionState.COMPLETED);
            assertThat(heard)
                    .filteredOn(GuardEvent.ExecutionChanged.class::isInstance)
                    .allMatch(event ->
                            ((GuardEvent.ExecutionChanged) event).record().id().equals(completed.id()));
        }
    }

    private static List<Long> members(NotebookGuard guard) {
        List<ExecutionSnapshot> executions = guard.snapshot().executions();
        return executions.stream()
                .flatMap(execution -> execution.processes().stream())
                .map(process -> process.pid())
                .toList();
    }

    @Test
    void aClosedGuardLeavesNoThreadNoProcessNoDescriptorAndNoFolder() throws Exception {
        // What the JDK, JNA and the test's own tools open once and keep is open after this.
        openAndClose(new Ground(folder.resolve("warm-up")), folder.resolve("warm-up"));
        Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
        Set<String> descriptorsBefore = descriptors();

        List<Thread> made = openAndClose(ground, folder);

        assertThat(made).isNotEmpty();
        // Those that completed an execution may still be on their way out.
        await().atMost(Ground.TIMEOUT).untilAsserted(() -> {
            assertThat(made).noneMatch(Thread::isAlive);
            Set<Thread> more = new HashSet<>(Thread.getAllStackTraces().keySet());
            more.removeAll(threadsBefore);
            assertThat(more).filteredOn(GuardLifecycleTest::isOurs).isEmpty();
            Set<String> opened = descriptors();
            opened.removeAll(descriptorsBefore);
            assertThat(opened).isEmpty();
        });
    }

    /** Closes a guard with two executions in a cell, one being launched and one waiting; returns the threads it made. */
    private List<Thread> openAndClose(Ground ground, Path folder) throws Exception {
        ground.write("staying.ipynb", LEAVE_AND_STAY);
        ground.write("quick.ipynb", "1");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path runtime = folder.resolve("runtime");
        List<Thread> made = new CopyOnWriteArrayList<>();
        NotebookGuard guard = ground.guard()
                .maxConcurrent(2)
                .storage(s -> s.temporaryFiles(temporary).runtimeDirectory(runtime))
                .listener(event -> {})
                .threadFactory(task -> {
                    Thread thread = new Thread(task);
                    made.add(thread);
                    return thread;
                })
                .build();
        assertThat(Ground.get(run(guard, "quick.ipynb").completion()).state()).isEqualTo(ExecutionState.COMPLETED);
        Execution staying = run(guard, "staying.ipynb");
        ground.awaitFile("staying");
        Execution launching = run(guard, "quick.ipynb");
        Execution waiting = run(guard, "quick.ipynb");
        assertThat(ground.footprints()).hasSize(LEFT).allMatch(Footprint::lives);
        assertThat(made).as("threads").anyMatch(Thread::isAlive);
        // The sampler looks for new processes a few times a second: it may not have seen this tree yet.
        await().atMost(Ground.TIMEOUT).untilAsserted(() -> assertThat(descriptors())
                .as("kept descriptors")
                .anyMatch(target -> target.matches("/proc/\\d+/stat.*")));

        guard.close();

        assertThat(List.of(staying, launching, waiting)).allSatisfy(execution -> {
            assertThat(execution.completion()).isCompleted();
            assertThat(execution.state().isEnd()).isTrue();
        });
        assertThat(staying.record().outcome().reason()).contains(EndReason.GUARD_CLOSED);
        ground.assertNothingIsLeftOf(staying.id());
        assertThat(temporary).isEmptyDirectory();
        assertThat(Ground.files(runtime)).isEmpty();
        assertThat(made).as("of threads").allMatch(Thread::isDaemon);
        return made;
    }

    private static boolean isOurs(Thread thread) {
        return NOT_OURS.stream().noneMatch(name -> thread.getName().startsWith(name));
    }

    /** Returns what every open descriptor of this process leads to; not the jars that class loaders open when they must. */
    private static Set<String> descriptors() {
        Set<String> targets = new HashSet<>();
        Path own = Path.of("/proc/self/fd");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(own)) {
            for (Path descriptor : all) {
                String target = target(descriptor);
                if (!target.endsWith("/fd") && !target.endsWith(".jar") && !target.isEmpty()) {
                    targets.add(target);
                }
            }
            return targets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatBecomesOfExecutionsAtTheCloseIsTheHostsChoice(CloseAction action) {
        ground.write(
                "notebook.ipynb",
                "import footprint",
                "footprint.leave('kernel.process')",
                "footprint.await_files('go-on')");
        NotebookGuard guard = ground.guard().lifecycle(l -> l.onClose(action)).build();
        Execution execution = run(guard, "notebook.ipynb");
        ground.awaitFootprint("kernel");
        if (action == CloseAction.WAIT) {
            ground.signal("go-on");
        }

        guard.close();

        assertThat(execution.completion()).isCompleted();
        ExecutionRecord record = ground.awaitEnd(execution);
        if (action == CloseAction.WAIT) {
            assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
        } else {
            assertThat(record.outcome().reason()).as(record::toString).contains(EndReason.GUARD_CLOSED);
        }
        assertThat(record.outcome().output()).isPresent();
    }

    @Test
    void nothingSurvivesAHostThatIsKilled() throws Exception {
        ground.write("staying.ipynb", LEAVE_AND_STAY);
        try (HostProcess host = host("staying.ipynb")) {
            ground.awaitFile("staying");
            assertThat(ground.footprints()).hasSize(LEFT).allMatch(Footprint::lives);

            host.kill();

            awaitNothingAlive();
        }
    }

    @Test
    void nothingSurvivesAHostThatIsKilledWhilePapermillStarts() throws Exception {
        ground.write("staying.ipynb", LEAVE_AND_STAY);
        try (HostProcess host = host("staying.ipynb")) {
            await().atMost(Ground.TIMEOUT)
                    .until(() -> Ground.living(folder.resolve("tmp").toString()).stream()
                            .anyMatch(process -> process.contains("nbguard_supervisor.py")));

            host.kill();

            awaitNothingAlive();
        }
    }

    @Test
    void whatAKilledHostLeavesInItsTemporaryFolderIsRemovedByTheNextGuard() throws Exception {
        ground.write("staying.ipynb", LEAVE_AND_STAY);
        Path temporary = folder.resolve("tmp");
        try (HostProcess host = host("staying.ipynb")) {
            ground.awaitFile("staying");
            host.kill();
            awaitNothingAlive();
        }
        List<String> left = ofExecutions(temporary);
        assertThat(left).as("a folder, and whose it is").hasSize(2);

        ground.guard().storage(s -> s.temporaryFiles(temporary)).build().close();

        assertThat(ofExecutions(temporary)).isEmpty();
    }

    /** Leaves out the folder of announcements. */
    private static List<String> ofExecutions(Path temporary) throws IOException {
        try (Stream<Path> all = Files.list(temporary)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("nbguard-[a-z0-9]{12}(\\.guard)?"))
                    .toList();
        }
    }

    private HostProcess host(String notebook) throws IOException {
        return HostProcess.start(
                ground, Files.createDirectories(folder.resolve("tmp")), UnaryOperator.identity(), notebook);
    }

    private void awaitNothingAlive() {
        await().atMost(Ground.TIMEOUT).untilAsserted(() -> {
            assertThat(ground.footprints()).noneMatch(Footprint::lives);
            assertThat(Ground.living(folder.toString())).isEmpty();
        });
    }
}
