package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.resource.Allocation;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Samples, kills, freezes, thaws and measures groups of short-lived processes at random, in a PID namespace (or on a
 * machine) with so few ids that each of them is soon another's: unrelated programs start processes as fast as they can, and every
 * one of those must end by itself with exit code 0, never stopped. Prints one line of {@link Result}.
 *
 * <p>Arguments: the program {@code forkers}, how many ids there are, how many reuses to see, seconds at most.
 */
final class PidReuseProgram {

    /** A notebook: forks as the forkers do, for a second at most, and then leaves nothing; ends at once with its input. */
    private static final String NOTEBOOK = PLAIN + """
            import random, select
            def child():
                life = random.random() * 0.1
                kind = random.random()
                if os.fork() > 0:
                    return
                sys.stdin.close()
                if kind < 0.3:
                    os.setsid()
                if kind < 0.5 and os.fork() > 0:
                    os._exit(0)
                time.sleep(life)
                os._exit(0)
            say('ready')
            end = time.monotonic() + 1
            while time.monotonic() < end and not select.select([0], [], [], 0.004)[0]:
                try:
                    child()
                    while os.waitpid(-1, os.WNOHANG)[0]:
                        pass
                except OSError:
                    pass
            """;

    /** Five children that end when the root does, which is when it is told to. */
    private static final String FAMILY = PLAIN + """
            reader, writer = os.pipe()
            children = []
            for i in range(5):
                children.append(os.fork())
                if children[-1] == 0:
                    os.close(writer)
                    os.read(reader, 1)
                    os._exit(0)
            say('ready')
            say(*children)
            sys.stdin.readline()
            os.close(writer)
            for child in children:
                os.waitpid(child, 0)
            """;

    private final TrackerSession sampled;
    private final TrackerSession seldomSampled;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger freezes = new AtomicInteger();
    private final AtomicInteger passedOn = new AtomicInteger();

    private PidReuseProgram() throws Exception {
        sampled = new ProcTracker().open(PluginConfig.EMPTY);
        seldomSampled = new ProcTracker().open(PluginConfig.EMPTY);
    }

    /**
     * What came of it.
     *
     * @param forks processes of forkers
     * @param reuses those of them that had an id which the same forker had seen before
     * @param harmed those of them that were stopped, or did not end by themselves
     * @param kills how many trees were killed
     * @param freezes how many times a tree was frozen
     * @param passedOn how many times everything was done to a group of which an id was another's by then
     */
    record Result(long forks, long reuses, long harmed, long kills, long freezes, long passedOn) {

        /** Reads the last line of a program's output; fails with all of the output if that is no result. */
        static Result of(List<String> output) {
            String last = output.isEmpty() ? "" : output.get(output.size() - 1);
            if (!last.matches("\\d+( \\d+){5}")) {
                throw new AssertionError("the program printed no result but:\n" + String.join("\n", output));
            }
            String[] words = last.split(" ");
            return new Result(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]));
        }
    }

    public static void main(String[] args) throws Exception {
        Files.writeString(Path.of("/proc/sys/kernel/pid_max"), args[1]);
        new PidReuseProgram().run(args[0], Long.parseLong(args[2]), Long.parseLong(args[3]));
    }

    private void run(String program, long wantedReuses, long seconds) throws Exception {
        List<Process> forkers = List.of(forker(program), forker(program));
        List<Thread> threads = List.of(
                worker(this::sample), worker(this::watch), worker(this::watch), worker(this::watch), worker(this::lag));
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long[] counts;
        do {
            Thread.sleep(200);
            counts = counts(forkers);
        } while (counts[1] < wantedReuses && System.nanoTime() < end && thrown.get() == null);
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        counts = counts(forkers);
        forkers.forEach(Process::destroyForcibly);
        sampled.close();
        seldomSampled.close();
        if (thrown.get() != null) {
            throw new AssertionError(thrown.get());
        }
        System.out.println(
                counts[0] + " " + counts[1] + " " + counts[2] + " " + kills + " " + freezes + " " + passedOn);
    }

    private static Process forker(String program) throws IOException {
        return new ProcessBuilder(program)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long[] counts(List<Process> forkers) throws IOException {
        long[] sum = new long[3];
        for (Process forker : forkers) {
            Tracked.release(forker);
            String[] words = Tracked.line(forker).split(" ");
            for (int i = 0; i < sum.length; i++) {
                sum[i] += Long.parseLong(words[i]);
            }
        }
        return sum;
    }

    private Thread worker(Work work) {
        Thread thread = new Thread(() -> {
            Random random = new Random();
            while (!over.get()) {
                try {
                    work.step(random);
                } catch (IOException e) {
                    // No id was free for what was to be started.
                    Thread.onSpinWait();
                } catch (Throwable e) {
                    thrown.compareAndSet(null, e);
                    return;
                }
            }
        });
        thread.start();
        return thread;
    }

    private interface Work {
        void step(Random random) throws Exception;
    }

    /** Ticks irregularly, and now and then so late that all ids were given out meanwhile. */
    private void sample(Random random) throws InterruptedException {
        sampled.sample(random.nextInt(10) == 0 ? SampleDepth.FULL : SampleDepth.USAGE);
        int lot = random.nextInt(20);
        Thread.sleep(lot == 0 ? 700 : lot < 5 ? 80 : random.nextInt(15));
    }

    /** Runs a group that is sampled, and does to it whatever can be done, in no order. */
    private void watch(Random random) throws Exception {
        try (ProcessGroup group = sampled.create(ExecutionId.random(), Allocation.NONE)) {
            Process root = started(group, NOTEBOOK);
            long end = System.nanoTime() + random.nextInt(800) * 1_000_000L;
            while (System.nanoTime() < end) {
                switch (random.nextInt(6)) {
                    case 0 -> {
                        group.freeze(anyReason(random));
                        freezes.incrementAndGet();
                    }
                    case 1 -> group.thaw(anyReason(random));
                    case 5 -> group.applyHolds();
                    case 2 -> group.measurePss();
                    case 3 -> group.isEmpty();
                    default -> Thread.sleep(random.nextInt(20));
                }
            }
            if (random.nextBoolean()) {
                List.of(FreezeReason.values()).forEach(group::thaw);
                Tracked.release(root);
                root.waitFor();
            }
            group.kill();
            if (!group.killAndConfirm(Duration.ZERO, Duration.ofSeconds(20))) {
                throw new AssertionError("a tree outlived its kill");
            }
            kills.incrementAndGet();
            root.waitFor();
        }
    }

    private static FreezeReason anyReason(Random random) {
        return FreezeReason.values()[random.nextInt(FreezeReason.values().length)];
    }

    /** Keeps a group whose members have all ended, knowing no better, and does everything to it when an id of theirs is another's. */
    private void lag(Random random) throws Exception {
        try (ProcessGroup group = seldomSampled.create(ExecutionId.random(), Allocation.NONE)) {
            Process root = started(group, FAMILY);
            List<Long> members = new ArrayList<>(List.of(root.pid()));
            for (String pid : Tracked.line(root).split(" ")) {
                members.add(Long.parseLong(pid));
            }
            while (group.usage().count() < members.size()) {
                seldomSampled.sample(SampleDepth.USAGE);
            }
            Tracked.release(root);
            root.waitFor();
            if (!group.killAndConfirm(Duration.ofSeconds(20), Duration.ofSeconds(20))) {
                throw new AssertionError("a tree outlived its end");
            }
            long end = System.nanoTime() + 3_000_000_000L;
            while (System.nanoTime() < end && !over.get()) {
                if (members.stream().anyMatch(Tracked::lives)) {
                    molest(group);
                    passedOn.incrementAndGet();
                } else {
                    Thread.sleep(1);
                }
            }
        }
    }

    private static void molest(ProcessGroup group) {
        group.freeze(FreezeReason.BYSTANDER);
        int killed = group.kill();
        long pss = group.measurePss();
        group.applyHolds();
        group.thaw(FreezeReason.BYSTANDER);
        if (killed != 0 || pss != 0) {
            throw new AssertionError("killed " + killed + " unrelated processes, measured " + pss + " bytes of theirs");
        }
    }

    private static Process started(ProcessGroup group, String program) throws IOException {
        Process root =
                group.start(new ProcessBuilder("python3", "-W", "ignore", "-c", program).redirectErrorStream(true));
        if (!"ready".equals(Tracked.line(root))) {
            throw new IOException("no room for a notebook");
        }
        return root;
    }
}
