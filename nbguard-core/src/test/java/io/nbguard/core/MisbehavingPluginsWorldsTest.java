package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeGroup;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import io.nbguard.core.fixture.SteppedClock;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.sampling.TicksByHand;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random worlds in which kill policy, resource probe, trigger, executor, store and listener break their contracts in random ways,
 * all at once, beside a hog that fills as fast as is told to be survivable, in time that the test moves: the hog, and nothing
 * else, is ended within the published reaction time, each fault is told once, the guard goes on, and closing it leaves no
 * thread. A failure names the seed that makes it again. More of them: {@code -Dnbguard.guard.worlds=10000}. Each kind of fault
 * of a policy and a probe by itself: {@code MisbehavingPluginsFuzzTest}.
 */
class MisbehavingPluginsWorldsTest {

    private static final int WORLDS = Integer.getInteger("nbguard.guard.worlds", 1_000);

    private static final int FEW_WORLDS = 15;

    private static final long MIB = 1L << 20;
    private static final long STEP_NANOS = 1_000_000L;

    /** What a tick takes at least. */
    private static final long TICK_NANOS = 3_000L;

    /** For how long policies and each call of a probe are waited for. */
    private static final Duration TIMEOUT = Duration.ofMillis(50);

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

    private static final String HOG = "hog.ipynb";
    private static final String CALM = "calm.ipynb";

    /** The world whose node the probes read. */
    private static volatile World present;

    @TempDir
    private Path root;

    private URL services;

    @BeforeEach
    void makeNotebookAndPlugin() throws IOException {
        for (String name : List.of("a.ipynb", HOG, CALM)) {
            Files.writeString(root.resolve(name), "{}");
        }
        Path plugins = Files.createDirectories(root.resolve("plugins/META-INF/services"));
        Files.writeString(plugins.resolve(Trigger.class.getName()), OddTrigger.class.getName());
        Files.writeString(
                plugins.resolve(ResourceProbe.class.getName()),
                OddProbe.class.getName() + "\n" + SoundProbe.class.getName() + "\n");
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

    /** The probe that is preferred: another's, and odd when it is told to be. */
    public static final class OddProbe implements ResourceProbe {

        @Override
        public String name() {
            return "odd";
        }

        @Override
        public int preference() {
            return 2_000;
        }

        @Override
        public ProbeSession open(PluginConfig configuration) throws UnavailableException {
            return new Readings(name(), present, present::read);
        }
    }

    /** The next best probe, called as nbguard's own are. */
    public static final class SoundProbe implements ResourceProbe {

        @Override
        public String name() {
            return "nbguard-sound";
        }

        @Override
        public int preference() {
            return 1_000;
        }

        @Override
        public ProbeSession open(PluginConfig configuration) {
            return new Readings(name(), present, into -> {});
        }
    }

    /** An open probe of a world's node, and what it does besides. */
    private record Readings(String source, World world, Consumer<NodeGauges> besides) implements ProbeSession {

        @Override
        public void sample(NodeGauges into) {
            sampleMemory(into);
            into.set(Gauge.MEMORY_LIMIT, world.limitBytes, source);
            into.set(Gauge.MEMORY_FILE_CACHE, 0, source);
        }

        @Override
        public void sampleMemory(NodeGauges into) {
            long used = world.usedBytes();
            world.noteCrossing(used, world.clock.nanoTime());
            into.set(Gauge.MEMORY_CURRENT, used, source);
            besides.accept(into);
        }

        @Override
        public String description() {
            return source;
        }

        @Override
        public void close() {}
    }

    @Test
    @Timeout(600)
    void inAFewWorldsTheHogIsEndedInTimeAndEachFaultIsToldOnce() throws Exception {
        live(FEW_WORLDS);
    }

    @Test
    @Tag("slow")
    @Timeout(3_600)
    void whateverPluginsDoTheHogIsEndedInTimeAndEachFaultIsToldOnce() throws Exception {
        live(WORLDS);
    }

    private void live(int worlds) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {services}, getClass().getClassLoader())) {
            for (int seed = 0; seed < worlds; seed++) {
                OddTrigger.answer = OddTrigger::sound;
                new World(seed, loader).live();
            }
        } finally {
            OddTrigger.answer = OddTrigger::sound;
        }
    }

    private static int allocate() {
        List<byte[]> much = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            much.add(new byte[16 * 1024]);
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
        private final Wrong policy;
        private final Wrong probe;
        private final Wrong trigger;
        private final Wrong executor;
        private final Wrong store;
        private final Wrong listener;
        private final int variant;
        private final ScriptedExecutor runs = new ScriptedExecutor();
        private final FragileStore kept = new FragileStore();
        private final RecordedEvents events = new RecordedEvents();
        private final SteppedClock clock = new SteppedClock();
        private final FakeTracker tracker = new FakeTracker();
        private final CountDownLatch over = new CountDownLatch(1);
        private final long limitBytes;
        private final long calmBytes;
        private final long hogAtFirst;
        private final List<Thread> threads = new CopyOnWriteArrayList<>();
        private final NotebookGuard guard;
        private final SamplingLoop loop;
        private final Map<String, ScriptedRun> lasting = new ConcurrentHashMap<>();
        private volatile boolean odd;
        private long dueNanos;
        private long readings;
        private volatile double fillPerSecond;
        private volatile long ticksBegun;
        private volatile long ticksEnded;
        private volatile boolean heldUp;
        private volatile long publishedNanos;
        private long crossedNanos;
        private long reactionNanos;
        private volatile long endedNanos;

        World(int seed, ClassLoader loader) {
            Random random = new Random(seed);
            Wrong any = Wrong.any(random);
            // One that blocks has ten seconds: MisbehavingTriggerTest gives it less.
            trigger = any == Wrong.BLOCKS ? Wrong.THROWS : any;
            executor = Wrong.any(random);
            store = Wrong.any(random);
            listener = Wrong.any(random);
            policy = Wrong.any(random);
            probe = Wrong.any(random);
            variant = random.nextInt(4);
            limitBytes = (4_000 + random.nextInt(12_000)) * MIB;
            calmBytes = limitBytes / 16 + random.nextInt(2_000) * (limitBytes / 16_000);
            hogAtFirst = limitBytes / 4;
            present = this;
            tracker.rss = MIB;
            what = "world " + seed + " (policy " + policy + ", probe " + probe + ", trigger " + trigger + ", executor "
                    + executor + " " + variant + ", store " + store + ", listener " + listener + ")";
            runs.script = (request, context, usual) -> launch(usual);
            GuardBuilder builder = NotebookGuard.builder();
            if (policy != Wrong.NOTHING) {
                builder.watchdog(w -> w.killPolicies(new OddPolicy()));
            }
            guard = builder.notebooks(root)
                    .outputs(root.resolve("runs"))
                    .storage(s -> s.temporaryFiles(root))
                    .lifecycle(l -> l.announce(false))
                    .maxConcurrent(8)
                    .plugins(p -> p.classLoader(loader))
                    .executor(runs)
                    .plugins(p -> p.tracker(tracker))
                    .history(h -> h.store(kept))
                    .listener(events)
                    .listener(this::hear)
                    .clock(clock)
                    .threadFactory(work -> {
                        Thread thread = new Thread(TicksByHand.isAskedForSampler() ? () -> {} : work);
                        threads.add(thread);
                        return thread;
                    })
                    .build();
            loop = guard.parts().loop();
        }

        /** What is in use of the node's memory, and cannot be reclaimed. */
        long usedBytes() {
            long sum = 200 * MIB;
            for (FakeGroup group : tracker.groups.values()) {
                sum += group.alive > 0 ? group.rss : 0;
            }
            return sum;
        }

        /** What the odd probe does besides to read. */
        void read(NodeGauges into) {
            switch (odd ? probe : Wrong.NOTHING) {
                case THROWS -> throw new AssertionError("probe");
                case LIES -> into.set(Gauge.MEMORY_CURRENT, -5, "odd");
                case ALLOCATES -> allocate();
                case SLOW -> {
                    // Not each time: that would take all of this test's.
                    if (readings++ % 256 == 0) {
                        holdUp(Duration.ofMillis(20));
                        dawdle();
                    }
                }
                case BLOCKS -> {
                    holdUp(TIMEOUT);
                    block();
                }
                case NOTHING -> {}
            }
        }

        /** Until the world is over; in vain if a tick waits for it. */
        private void block() {
            if (heldUp) {
                return;
            }
            long tick = ticksBegun;
            try {
                if (!over.await(20, TimeUnit.SECONDS) && ticksEnded < tick) {
                    heldUp = true;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private final class OddPolicy implements KillPolicy {

            @Override
            public String name() {
                return "odd";
            }

            @Override
            public Optional<Victim> choose(KillSituation situation) {
                switch (policy) {
                    case THROWS -> throw new AssertionError("policy");
                    case LIES -> {
                        return variant % 2 == 0 ? null : Optional.of(new Victim(ExecutionId.random(), "no candidate"));
                    }
                    case ALLOCATES -> allocate();
                    case SLOW -> {
                        holdUp(Duration.ofMillis(20));
                        dawdle();
                    }
                    case BLOCKS -> {
                        holdUp(TIMEOUT);
                        block();
                    }
                    case NOTHING -> {}
                }
                return Optional.empty();
            }
        }

        /** Lets the world's time pass while the loop waits for a plugin. */
        private synchronized void holdUp(Duration time) {
            step(time.toNanos());
        }

        /** A launch of another, too, may take the use beyond the threshold. */
        private synchronized void noteCrossing(long used, long atNanos) {
            if (fillPerSecond > 0 && crossedNanos == 0 && used >= limitBytes / 16 * 15) {
                crossedNanos = atNanos;
                reactionNanos = publishedNanos;
            }
        }

        private synchronized void step(long nanos) {
            clock.advanceNanos(nanos);
            ScriptedRun hog = lasting.get(HOG);
            if (hog != null) {
                hog.group.rss += (long) (fillPerSecond * nanos / 1e9);
            }
            noteCrossing(usedBytes(), clock.nanoTime() - nanos);
        }

        /** Lets time pass, with ticks where the loop wants them. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread makes the ticks
        private void pass(Duration time) {
            long end = clock.nanoTime() + time.toNanos();
            while (clock.nanoTime() < end) {
                if (clock.nanoTime() >= dueNanos) {
                    ticksBegun++;
                    dueNanos = clock.nanoTime() + TicksByHand.tick(loop);
                    ticksEnded = ticksBegun;
                }
                long untilDue = Math.max(TICK_NANOS, dueNanos - clock.nanoTime());
                step(fillPerSecond > 0 ? Math.min(STEP_NANOS, untilDue) : Math.min(end - clock.nanoTime(), untilDue));
            }
        }

        private void await(String until, BooleanSupplier condition) {
            Eventually.until(what + ": " + until, () -> {
                pass(Duration.ofMillis(50));
                return condition.getAsBoolean();
            });
        }

        private void fillUntilTheHogIsEnded(Execution hog) {
            FakeGroup group = lasting.get(HOG).group;
            long most = 0;
            long last = clock.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (group.alive > 0 && clock.nanoTime() < last) {
                Safety safety = guard.snapshot().safety();
                fillPerSecond =
                        safety.survivableFillPerSecond().value().orElseThrow().bytes();
                publishedNanos = safety.reaction().toNanos();
                pass(Duration.ofNanos(STEP_NANOS));
                most = Math.max(most, group.alive > 0 ? usedBytes() : usedBytes() + group.rss);
            }
            fillPerSecond = 0;
            assertThat(heldUp)
                    .as("%s: a plugin that blocks holds up a tick", what)
                    .isFalse();
            assertThat(group.alive).as("%s: processes of the hog", what).isZero();
            assertThat(most).as("%s: peak", what).isLessThan(limitBytes);
            assertThat(crossedNanos).as("%s: the crossing", what).isPositive();
            assertThat(endedNanos - crossedNanos)
                    .as("%s: nanoseconds from the crossing to the signal", what)
                    .isLessThanOrEqualTo(reactionNanos + STEP_NANOS);
        }

        private void checkThatTheHogOnlyWasEnded(Execution hog, Execution calm) {
            assertThat(events.of(GuardEvent.Terminated.class))
                    .as(what)
                    .singleElement()
                    .satisfies(told -> assertThat(told.scenario().victim()).isEqualTo(hog.id()));
            assertThat(hog.record().state()).as(what).isEqualTo(ExecutionState.KILLED);
            assertThat(calm.record().state()).as(what).isEqualTo(ExecutionState.COMPLETED);
            assertThat(guard.executions())
                    .as(what)
                    .filteredOn(one -> one.record().outcome().killScenario().isPresent())
                    .containsExactly(hog);
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
            String notebook = usual.request.notebook();
            if (notebook.equals(HOG) || notebook.equals(CALM)) {
                usual.reportsItsDeath = true;
                usual.group.rss = notebook.equals(HOG) ? hogAtFirst : calmBytes;
                Runnable died = usual.group.whenKilled;
                usual.group.whenKilled = () -> {
                    endedNanos = clock.nanoTime();
                    died.run();
                };
                lasting.put(notebook, usual);
                return usual;
            }
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
                            usual.stop(Force.KILL);
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
            over.countDown();
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
                Execution hog = guard.run(ExecutionRequest.of(HOG).build());
                Execution calm = guard.run(ExecutionRequest.of(CALM).build());
                await(
                        "both run",
                        () -> hog.state() == ExecutionState.RUNNING && calm.state() == ExecutionState.RUNNING);
                misbehave();
                List<Execution> all = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    all.add(guard.run(request()));
                }
                pass(Duration.ofSeconds(61));
                // Wakes the scheduler, which sleeps by the machine's clock.
                guard.schedules()
                        .add(ScheduleSpec.every(Duration.ofHours(1), request()).build());
                fillUntilTheHogIsEnded(hog);
                await("all have ended", () -> {
                    stopWhatStays(List.of(calm));
                    return hog.completion().isDone()
                            && all.stream().allMatch(one -> one.completion().isDone());
                });
                awaitTold();
                behave();
                lasting.get(CALM).exits(0, Optional.empty());
                Execution sound = guard.run(request());
                await("the guard goes on", () -> {
                    stopWhatStays(List.of(sound, calm));
                    return sound.completion().isDone() && calm.completion().isDone();
                });
                assertThat(sound.record().outcome().exitCode()).as(what).hasValue(0);
                checkThatTheHogOnlyWasEnded(hog, calm);
            } finally {
                behave();
                close();
            }
            await("no thread is left", () -> threads.stream().noneMatch(Thread::isAlive));
            check();
        }

        /** Closes the guard, which waits for ticks. */
        private void close() throws InterruptedException {
            Thread closing = new Thread(guard::close, "closing");
            closing.start();
            await("the guard is closed", () -> !closing.isAlive());
            closing.join();
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
            if (policy.isBreach()) {
                await("the policy is told", () -> count("kill policy") > 0);
            }
            if (probe.isBreach()) {
                await("the probe is told", () -> count("resource probe") > 0);
            }
            if (trigger.isBreach()) {
                await("the trigger is told", () -> count("trigger") > 0);
            }
            if (executor.isBreach()) {
                await("the executor is told", () -> count("executor") >= 3);
            }
            if (store.isBreach()) {
                await(
                        "the store is told",
                        () -> count("history store") > 0
                                || !events.of(GuardEvent.HistoryDegraded.class).isEmpty());
            }
            if (listener == Wrong.THROWS) {
                await("the listener is told", () -> count("listener") > 0);
            }
        }

        private long count(String kind) {
            return events.of(PluginMisbehaved.class).stream()
                    .filter(event -> event.kind().equals(kind))
                    .count();
        }

        private void check() {
            Map<List<Object>, Long> told = events.of(PluginMisbehaved.class).stream()
                    .filter(event -> !isLateForTheMachinesSake(event))
                    .collect(Collectors.groupingBy(
                            event -> List.of(event.kind(), event.plugin(), event.fault(), event.id()),
                            Collectors.counting()));
            assertThat(told.values()).as("%s: %s", what, told).allMatch(times -> times == 1);
            checkThatItIsToldOnce("kill policy", policy);
            checkThatItIsToldOnce("resource probe", probe);
            assertThat(events.of(GuardEvent.ReadingDegraded.class)).as(what).noneMatch(event -> event.quantity()
                    .equals("sampling loop"));
            assertThat(count("trigger")).as(what).isEqualTo(trigger.isBreach() ? 1 : 0);
            assertThat(count("listener"))
                    .as(what)
                    .isLessThanOrEqualTo(listener == Wrong.THROWS || listener == Wrong.BLOCKS ? 1 : 0);
            if (!executor.isBreach()) {
                checkThatItIsToldOnce("executor", executor);
            }
            checkThatTheStoreIsToldOnceATime();
        }

        /** A machine that is busy with other things makes a good plugin late: told again when it was in time meanwhile. */
        private boolean isLateForTheMachinesSake(PluginMisbehaved event) {
            Wrong wrong =
                    switch (event.kind()) {
                        case "kill policy" -> policy;
                        case "resource probe" -> probe;
                        case "executor" -> executor;
                        default -> Wrong.BLOCKS;
                    };
            return event.fault() == PluginMisbehaved.Fault.TOO_SLOW && !wrong.isBreach();
        }

        private void checkThatItIsToldOnce(String kind, Wrong wrong) {
            List<PluginMisbehaved> told = events.of(PluginMisbehaved.class).stream()
                    .filter(event -> event.kind().equals(kind))
                    .toList();
            if (wrong.isBreach()) {
                assertThat(told).as(what).isNotEmpty();
            } else {
                assertThat(told).as(what).allMatch(this::isLateForTheMachinesSake);
            }
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
        public CompletableFuture<StopAnswer> stop(Force force) {
            switch (force) {
                case INTERRUPT -> interrupt();
                case TERMINATE -> terminate();
                case KILL -> kill();
            }
            return usual.completion().thenApply(report -> StopAnswer.GONE);
        }

        public void interrupt() {
            usual.stop(Force.INTERRUPT);
        }

        public void terminate() {
            usual.stop(Force.TERMINATE);
        }

        public void kill() {
            usual.stop(Force.KILL);
        }
    }
}
