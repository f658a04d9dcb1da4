package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.ExecutionState;
import io.nbguard.api.GuardEvent;
import io.nbguard.api.GuardEvent.PluginMisbehaved;
import io.nbguard.api.Progress;
import io.nbguard.api.ScheduleSpec;
import io.nbguard.api.StopMode;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import io.nbguard.spi.ExitReport;
import io.nbguard.spi.LaunchedExecution;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random worlds in which trigger, executor, store and listener break their contracts in random ways, all at once: each fault is
 * told once, the guard goes on, and closing it leaves no thread. A failure names the seed that makes it again. More of them:
 * {@code -Dnbguard.guard.worlds=1000}. Kill policy and probe, with a hog: {@code MisbehavingPluginsFuzzTest}.
 */
@Tag("slow")
class MisbehavingPluginsWorldsTest {

    private static final int WORLDS = Integer.getInteger("nbguard.guard.worlds", 60);

    /** How a plugin misbehaves. What takes real time is rare. */
    private enum Wrong {
        NOTHING,
        THROWS,
        LIES,
        ALLOCATES,
        SLOW,
        BLOCKS;

        static Wrong any(Random random) {
            return random.nextInt(25) == 0 ? BLOCKS : values()[random.nextInt(5)];
        }

        /** Whether the contract does not allow it. */
        boolean isBreach() {
            return this == THROWS || this == LIES || this == BLOCKS;
        }
    }

    @TempDir
    private Path root;

    private URL services;

    @BeforeEach
    void makeNotebookAndPlugin() throws IOException {
        Files.writeString(root.resolve("a.ipynb"), "{}");
        Path plugins = Files.createDirectories(root.resolve("plugins/META-INF/services"));
        Files.writeString(plugins.resolve(Trigger.class.getName()), OddTrigger.class.getName());
        services = url(root.resolve("plugins"));
    }

    private static URL url(Path folder) throws MalformedURLException {
        return folder.toUri().toURL();
    }

    /** A trigger that is sound until it is told otherwise. */
    public static final class OddTrigger implements Trigger {

        static volatile Function<Instant, Optional<Instant>> answer = OddTrigger::sound;

        static Optional<Instant> sound(Instant after) {
            return Optional.of(after.plusSeconds(60));
        }

        @Override
        public String name() {
            return "odd";
        }

        @Override
        public Optional<Instant> nextFireAfter(TriggerSpec spec, Instant after) {
            return answer.apply(after);
        }
    }

    @Test
    @Timeout(1_800)
    void whateverPluginsDoEachFaultIsToldOnceAndTheGuardGoesOn() throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {services}, getClass().getClassLoader())) {
            for (int seed = 0; seed < WORLDS; seed++) {
                OddTrigger.answer = OddTrigger::sound;
                new World(seed, loader).live();
            }
        } finally {
            OddTrigger.answer = OddTrigger::sound;
        }
    }

    private static void block() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int allocate() {
        List<byte[]> much = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            much.add(new byte[1 << 20]);
        }
        return much.size();
    }

    private static void dawdle() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class World {

        private final String what;
        private final Wrong trigger;
        private final Wrong executor;
        private final Wrong store;
        private final Wrong listener;
        private final int variant;
        private final ScriptedExecutor runs = new ScriptedExecutor();
        private final FragileStore kept = new FragileStore();
        private final RecordedEvents events = new RecordedEvents();
        private final HastyClock clock = new HastyClock();
        private final List<Thread> threads = new CopyOnWriteArrayList<>();
        private final NotebookGuard guard;
        private volatile boolean odd;

        World(int seed, ClassLoader loader) {
            Random random = new Random(seed);
            Wrong any = Wrong.any(random);
            // One that blocks has ten seconds: MisbehavingTriggerTest gives it less.
            trigger = any == Wrong.BLOCKS ? Wrong.THROWS : any;
            executor = Wrong.any(random);
            store = Wrong.any(random);
            listener = Wrong.any(random);
            variant = random.nextInt(4);
            what = "world " + seed + " (trigger " + trigger + ", executor " + executor + " " + variant + ", store "
                    + store + ", listener " + listener + ")";
            runs.script = (request, context, usual) -> launch(usual);
            guard = NotebookGuard.builder()
                    .notebooks(root)
                    .outputs(root.resolve("runs"))
                    .temporaryFiles(root)
                    .announce(false)
                    .maxConcurrent(2)
                    .classLoader(loader)
                    .executor(runs)
                    .tracker(new FakeTracker())
                    .probes(List.of(new FakeProbe()))
                    .historyStore(kept)
                    .listener(events)
                    .listener(this::hear)
                    .clock(clock)
                    .threadFactory(work -> {
                        Thread thread = new Thread(work);
                        threads.add(thread);
                        return thread;
                    })
                    .build();
        }

        private void hear(GuardEvent event) {
            switch (odd ? listener : Wrong.NOTHING) {
                case THROWS -> throw new AssertionError("listener");
                case BLOCKS -> block();
                case SLOW -> dawdle();
                case ALLOCATES -> allocate();
                case LIES, NOTHING -> {}
            }
        }

        private Optional<Instant> fire(Instant after) {
            return switch (trigger) {
                case THROWS -> throw new AssertionError("trigger");
                case LIES -> variant % 2 == 0 ? null : Optional.of(after);
                case BLOCKS -> {
                    block();
                    yield Optional.empty();
                }
                case SLOW -> {
                    dawdle();
                    yield OddTrigger.sound(after);
                }
                case ALLOCATES -> OddTrigger.sound(after).filter(due -> allocate() > 0);
                case NOTHING -> OddTrigger.sound(after);
            };
        }

        private LaunchedExecution launch(ScriptedRun usual) {
            // Else a stop that comes before the launch has returned ends it without asking for a kill.
            usual.reportsItsDeath = false;
            usual.runs();
            if (!odd) {
                usual.exits(0, Optional.empty());
                return usual;
            }
            return switch (executor) {
                case THROWS -> throwing(usual);
                case LIES -> lying(usual);
                case BLOCKS ->
                    new Odd(usual) {
                        @Override
                        public void kill() {
                            block();
                        }
                    };
                case SLOW -> {
                    dawdle();
                    usual.exits(0, Optional.empty());
                    yield usual;
                }
                case ALLOCATES -> {
                    usual.exits(allocate() > 0 ? 0 : 1, Optional.empty());
                    yield usual;
                }
                case NOTHING -> {
                    usual.exits(0, Optional.empty());
                    yield usual;
                }
            };
        }

        private LaunchedExecution throwing(ScriptedRun usual) {
            switch (variant) {
                case 0 -> throw new IllegalStateException("launch");
                case 1 -> usual.breaks(new IOException("completion"));
                case 2 -> {
                    return new Odd(usual) {
                        @Override
                        public void kill() {
                            usual.kill();
                            throw new StackOverflowError("kill");
                        }
                    };
                }
                default -> throw new NoClassDefFoundError("launch");
            }
            return usual;
        }

        private LaunchedExecution lying(ScriptedRun usual) {
            return switch (variant) {
                case 0 -> null;
                case 1 -> {
                    usual.context.progress(Progress.of(99, 1));
                    usual.context.progress(Progress.of(99, 1));
                    usual.exits(0, Optional.empty());
                    yield usual;
                }
                case 2 ->
                    new Odd(usual) {
                        @Override
                        public CompletableFuture<ExitReport> completion() {
                            return CompletableFuture.completedFuture(null);
                        }
                    };
                default ->
                    new Odd(usual) {
                        @Override
                        public CompletableFuture<ExitReport> completion() {
                            return null;
                        }
                    };
            };
        }

        private void misbehave() {
            odd = true;
            OddTrigger.answer = this::fire;
            switch (store) {
                case THROWS -> kept.failure = "on purpose";
                case LIES -> kept.lies = true;
                case BLOCKS -> kept.hang();
                case SLOW, ALLOCATES, NOTHING -> {}
            }
        }

        private void behave() {
            odd = false;
            OddTrigger.answer = OddTrigger::sound;
            kept.failure = null;
            kept.lies = false;
            kept.gate.countDown();
        }

        void live() throws Exception {
            try {
                guard.schedules()
                        .add(ScheduleSpec.of("odd", "now and then", request())
                                .id("odd")
                                .build());
                guard.schedules()
                        .add(ScheduleSpec.every(Duration.ofMinutes(1), request())
                                .id("sound")
                                .build());
                misbehave();
                List<Execution> all = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    all.add(guard.run(request()));
                }
                clock.advance(Duration.ofSeconds(61));
                // Wakes the scheduler, which sleeps by the machine's clock.
                guard.schedules()
                        .add(ScheduleSpec.every(Duration.ofHours(1), request()).build());
                Eventually.until(what + ": all have ended", () -> {
                    clock.advance(Duration.ofMillis(50));
                    stopWhatStays(List.of());
                    return all.stream().allMatch(one -> one.completion().isDone());
                });
                awaitTold();
                behave();
                Execution sound = guard.run(request());
                Eventually.until(what + ": the guard goes on", () -> {
                    clock.advance(Duration.ofMillis(50));
                    stopWhatStays(List.of(sound));
                    return sound.completion().isDone();
                });
                assertThat(sound.record().exitCode()).as(what).hasValue(0);
            } finally {
                behave();
                guard.close();
            }
            Eventually.until(what + ": no thread is left of " + threads, () -> threads.stream()
                    .noneMatch(Thread::isAlive));
            check();
        }

        private ExecutionRequest request() {
            return ExecutionRequest.of("a.ipynb").build();
        }

        private void stopWhatStays(List<Execution> but) {
            if (executor == Wrong.BLOCKS || executor == Wrong.THROWS && variant == 2) {
                guard.executions().stream()
                        .filter(one -> one.state() == ExecutionState.RUNNING && !but.contains(one))
                        .forEach(one -> one.stop(StopMode.IMMEDIATE));
            }
        }

        private void awaitTold() {
            if (trigger.isBreach()) {
                Eventually.until(what + ": the trigger is told", () -> count("trigger") > 0);
            }
            if (executor.isBreach()) {
                Eventually.until(what + ": the executor is told", () -> count("executor") >= 3);
            }
            if (store.isBreach()) {
                Eventually.until(what + ": the store is told", () -> {
                    clock.advance(Duration.ofMillis(200));
                    return count("history store") > 0
                            || !events.of(GuardEvent.HistoryDegraded.class).isEmpty();
                });
            }
            if (listener == Wrong.THROWS) {
                Eventually.until(what + ": the listener is told", () -> count("listener") > 0);
            }
        }

        private long count(String kind) {
            return events.of(PluginMisbehaved.class).stream()
                    .filter(event -> event.kind().equals(kind))
                    .count();
        }

        private void check() {
            Map<List<Object>, Long> told = events.of(PluginMisbehaved.class).stream()
                    .collect(Collectors.groupingBy(
                            event -> List.of(event.kind(), event.plugin(), event.fault(), event.id()),
                            Collectors.counting()));
            assertThat(told.values()).as("%s: %s", what, told).allMatch(times -> times == 1);
            assertThat(count("trigger")).as(what).isEqualTo(trigger.isBreach() ? 1 : 0);
            assertThat(count("listener"))
                    .as(what)
                    .isLessThanOrEqualTo(listener == Wrong.THROWS || listener == Wrong.BLOCKS ? 1 : 0);
            if (!executor.isBreach()) {
                assertThat(count("executor")).as(what).isZero();
            }
            checkThatTheStoreIsToldOnceATime();
        }

        /** A jump of the clock during a write may look like a silence: told, and over, before the next. */
        private void checkThatTheStoreIsToldOnceATime() {
            boolean degraded = false;
            for (GuardEvent event : events.all) {
                if (event instanceof GuardEvent.HistoryDegraded) {
                    assertThat(degraded).as("%s, told twice: %s", what, event).isFalse();
                    degraded = true;
                } else if (event instanceof GuardEvent.HistoryRestored) {
                    assertThat(degraded)
                            .as("%s, told for nothing: %s", what, event)
                            .isTrue();
                    degraded = false;
                }
            }
        }
    }

    /** A run of which one thing is otherwise. */
    private static class Odd implements LaunchedExecution {

        private final ScriptedRun usual;

        Odd(ScriptedRun usual) {
            this.usual = usual;
        }

        @Override
        public CompletableFuture<ExitReport> completion() {
            return usual.completion();
        }

        @Override
        public void interrupt() {
            usual.interrupt();
        }

        @Override
        public void terminate() {
            usual.terminate();
        }

        @Override
        public void kill() {
            usual.kill();
        }
    }
}
