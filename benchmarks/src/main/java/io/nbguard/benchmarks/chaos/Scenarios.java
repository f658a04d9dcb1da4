package io.nbguard.benchmarks.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The scenarios, in sizes that fit a node. What a program does stands in {@code hog.c}. Every hog would go beyond the
 * node's limit.
 */
final class Scenarios {

    /** One thread, as fast as it goes. */
    static final String C_MAX = "c-max";
    /** 3 GB/s. */
    static final String C_3000 = "c-3000";
    /** Two threads with huge pages, as fast as they go. */
    static final String C_HUGE = "c-huge";
    /** Two hogs at once. */
    static final String TWINS = "twins";
    /** See {@link #atPublishedRate}. */
    static final String PUBLISHED = "published";

    private static final long MIB = 1L << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    /** Emulated processors take their time; but the programs end by themselves two minutes after their start. */
    private static final Duration GUEST_TIMEOUT = Duration.ofSeconds(90);

    private static final String HUGE = "fill threads=2 huge=1";

    private final Node node;
    private final String scratch;
    private final long limitMib;
    private final String beyond;
    private final Duration timeout;

    /**
     * Fits them to a node.
     *
     * @param scratch a folder on a disk
     */
    Scenarios(Node node, String scratch) {
        this.node = node;
        this.scratch = scratch;
        limitMib = node.limitBytes() / MIB;
        timeout = limitMib == Node.GUEST.limitBytes() / MIB && !node.equals(Node.SMALL) ? GUEST_TIMEOUT : TIMEOUT;
        beyond = " cap=" + (limitMib + limitMib / 8 * 3);
    }

    /** Returns the hogs of the large table. */
    List<Scenario> hogs() {
        List<Scenario> all = new ArrayList<>(List.of(
                hog("c-500", "0.5 GB/s, from 1 GiB below the threshold on", "fill rate=500 below=1024" + beyond),
                hog("c-1000", "1 GB/s, from 1.5 GiB below the threshold on", "fill rate=1000 below=1536" + beyond),
                hog(C_3000, "3 GB/s", "fill rate=3000 threads=2" + beyond)));
        all.addAll(fullRate());
        all.add(3, kill("python-500", "Python, 0.5 GB/s", Set.of("hog"), false, python(500)));
        all.add(hog("leak", "leak of 20 MB/s, from 60 MiB below the threshold on", "fill rate=20 below=60" + beyond));
        all.add(flooded());
        return all;
    }

    /** Returns those that are as fast as they can be, one and several at once. */
    List<Scenario> fullRate() {
        return List.of(
                hog(C_MAX, "one thread, as fast as it goes", "fill" + beyond),
                hog(C_HUGE, "two threads, huge pages, as fast as it goes", HUGE + beyond),
                kill("python-max", "Python, as fast as it goes", Set.of("hog"), false, python(0)),
                several(),
                kill(
                        TWINS,
                        "two as fast as they go, until both are dead",
                        Set.of("hog", "twin"),
                        false,
                        Program.hog("hog", "fill" + beyond),
                        Program.hog("twin", "fill" + beyond)),
                hog(
                        "forked",
                        "10 forks of " + limitMib / 8 + " MiB that write to all of it",
                        "fork children=10 touch=1 parent=" + limitMib / 8),
                hog("shared", "shared memory, as fast as it goes", "shared dir=/dev/shm" + beyond),
                hog("tmpfs", "file written to a tmpfs", "tmpfs rate=1000 dir=/dev/shm" + beyond));
    }

    private Program python(int rate) {
        return Program.pythonHog("hog", rate + " " + (limitMib + limitMib / 8 * 3));
    }

    /** Returns the same where the watchdog comes too late: the kernel must act, and inside the execution's own group. */
    List<Scenario> outrun() {
        return fullRate().stream()
                .map(scenario -> new Scenario(
                        "outrun-" + scenario.id(),
                        scenario.title() + ", the watchdog outrun",
                        scenario.node(),
                        scenario.programs(),
                        scenario.mayDie(),
                        scenario.cacheChanges(),
                        scenario.raisedLimit(),
                        scenario.timeout()))
                .toList();
    }

    private Scenario several() {
        long modest = limitMib / 14;
        return kill(
                "several",
                "one at 1 GB/s, two that stop at " + modest + " MiB",
                Set.of("hog"),
                false,
                Program.hog("hog", "fill rate=1000" + beyond),
                Program.hog("modest-1", "fill rate=500 cap=" + modest),
                Program.hog("modest-2", "fill rate=500 cap=" + modest));
    }

    /** A hog while another execution fills the page cache: what is reclaimable must neither hide nor excuse it. */
    private Scenario flooded() {
        return kill(
                "flooded",
                "1 GB/s beside a flood of page cache",
                Set.of("hog"),
                true,
                Program.hog("hog", "fill rate=1000" + beyond),
                Program.bystander("flood", "flood write=128 reads=8192 dir=" + scratch));
    }

    /** Fills the node once. */
    Scenario warmUp() {
        return alone("warm-up", "warm-up", Program.hog("hog", "fill rate=1500" + beyond), Set.of("hog"));
    }

    /** Fills at the rate that nbguard says it survives, with huge pages so that the machine can keep it up. */
    Scenario atPublishedRate(long bytesPerSecond) {
        return hog(
                PUBLISHED,
                "two threads, huge pages, at the rate that nbguard says it survives",
                HUGE + beyond + " rate=" + bytesPerSecond / 1_000_000);
    }

    /** Returns what is to be left alone. */
    List<Scenario> benign() {
        return List.of(
                benign("cache-flood", "flood of page cache", "flood write=256 reads=1536 dir=" + scratch),
                benign("double-read", "parquet-like double read", "double read=900 hold=450 dir=" + scratch),
                benign("forks", "10 forks of 400 MiB that touch nothing", "fork parent=400 children=10 touch=0"),
                new Scenario(
                        "raised",
                        "limit raised live",
                        node,
                        List.of(Program.hog("hog", "steps first=480 cap=1200")),
                        Set.of(),
                        false,
                        OptionalLong.of(2 * node.limitBytes()),
                        timeout),
                benign("spikes", "5 spikes to well below the threshold", "spike top=480 times=5"));
    }

    /** A victim of about 1 GiB, and {@code loops} busy loops beside it. */
    Scenario memoryBack(int loops, boolean outside, int nice) {
        List<Program> programs = new ArrayList<>();
        // At nice 19 beside busy loops it would take minutes to fill from nothing.
        programs.add(Program.hog("hog", "fill" + beyond + (nice > 0 ? " below=16 nice=" + nice : "")));
        IntStream.range(0, loops)
                .mapToObj(
                        i -> outside ? Program.elsewhere("loop-" + i, "spin") : Program.bystander("loop-" + i, "spin"))
                .forEach(programs::add);
        String who = outside ? " of other software" : " in other executions";
        return new Scenario(
                "back-" + loops + (outside ? "-outside" : "") + (nice > 0 ? "-nice" : ""),
                (loops == 0 ? "idle machine" : loops + " busy loops" + who)
                        + (nice > 0 ? ", victim at nice " + nice : ""),
                node,
                programs,
                Set.of("hog"),
                false,
                OptionalLong.empty(),
                timeout);
    }

    private Scenario hog(String id, String title, String words) {
        return kill(id, title, Set.of("hog"), false, Program.hog("hog", words));
    }

    /** Two notebooks that are not to blame stand beside. */
    private Scenario kill(String id, String title, Set<String> mayDie, boolean cacheChanges, Program... programs) {
        List<Program> all = new ArrayList<>(List.of(
                Program.bystander("calm-1", "hold mib=" + limitMib / 27),
                Program.bystander("calm-2", "hold mib=" + limitMib / 40)));
        all.addAll(List.of(programs));
        return new Scenario(id, title, node, all, mayDie, cacheChanges, OptionalLong.empty(), timeout);
    }

    private Scenario benign(String id, String title, String words) {
        return alone(id, title, Program.hog("hog", words), Set.of());
    }

    private Scenario alone(String id, String title, Program program, Set<String> mayDie) {
        return new Scenario(id, title, node, List.of(program), mayDie, false, OptionalLong.empty(), timeout);
    }
}
