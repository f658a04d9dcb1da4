package io.nbguard.benchmarks.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/** The scenarios. What a program does stands in {@code hog.c}. Every hog would go beyond the container's limit. */
final class Scenarios {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String BEYOND = " cap=5632";
    private static final String HUGE = "fill threads=2 huge=1" + BEYOND;

    /** Two notebooks that are not to blame. */
    private static final List<Program> CALM =
            List.of(Program.bystander("calm-1", "hold mib=150"), Program.bystander("calm-2", "hold mib=100"));

    static final Scenario C_500 =
            hog("c-500", "0.5 GB/s, from 1 GiB below the threshold on", "fill rate=500 below=1024" + BEYOND);
    static final Scenario C_1000 =
            hog("c-1000", "1 GB/s, from 1.5 GiB below the threshold on", "fill rate=1000 below=1536" + BEYOND);
    static final Scenario C_3000 = hog("c-3000", "3 GB/s", "fill rate=3000 threads=2" + BEYOND);
    static final Scenario C_MAX = hog("c-max", "one thread, as fast as it goes", "fill" + BEYOND);
    static final Scenario C_HUGE = hog("c-huge", "two threads, huge pages, as fast as it goes", HUGE);
    static final Scenario PYTHON_500 = python("python-500", "Python, 0.5 GB/s", 500);
    static final Scenario PYTHON_MAX = python("python-max", "Python, as fast as it goes", 0);
    static final Scenario LEAK =
            hog("leak", "leak of 20 MB/s, from 60 MiB below the threshold on", "fill rate=20 below=60" + BEYOND);
    static final Scenario SHARED = hog("shared", "shared memory, as fast as it goes", "shared dir=/dev/shm" + BEYOND);
    static final Scenario TMPFS = hog("tmpfs", "file written to a tmpfs", "tmpfs rate=1000 dir=/dev/shm" + BEYOND);
    static final Scenario FORKED =
            hog("forked", "10 forks of 500 MiB that write to all of it", "fork parent=500 children=10 touch=1");
    static final Scenario SEVERAL = kill(
            "several",
            "one at 1 GB/s, two that stop at 300 MiB",
            Set.of("hog"),
            false,
            Program.hog("hog", "fill rate=1000" + BEYOND),
            Program.hog("modest-1", "fill rate=500 cap=300"),
            Program.hog("modest-2", "fill rate=500 cap=300"));
    static final Scenario TWINS = kill(
            "twins",
            "two as fast as they go, until both are dead",
            Set.of("hog", "twin"),
            false,
            Program.hog("hog", "fill" + BEYOND),
            Program.hog("twin", "fill" + BEYOND));

    /** The id of {@link #atPublishedRate}. */
    static final String PUBLISHED = "published";

    private Scenarios() {}

    /** Returns the hogs of the large table. */
    static List<Scenario> hogs(String scratch) {
        return List.of(
                C_500,
                C_1000,
                C_3000,
                C_MAX,
                C_HUGE,
                PYTHON_500,
                PYTHON_MAX,
                LEAK,
                SEVERAL,
                TWINS,
                FORKED,
                SHARED,
                TMPFS,
                flooded(scratch));
    }

    /** A hog while another execution fills the page cache: what is reclaimable must neither hide nor excuse it. */
    private static Scenario flooded(String scratch) {
        return kill(
                "flooded",
                "1 GB/s beside a flood of page cache",
                Set.of("hog"),
                true,
                Program.hog("hog", "fill rate=1000" + BEYOND),
                Program.bystander("flood", "flood write=128 reads=8192 dir=" + scratch));
    }

    /** Fills the container once. */
    static Scenario warmUp(Container container) {
        return new Scenario(
                "warm-up",
                "warm-up",
                container,
                List.of(Program.hog("hog", "fill rate=1500" + BEYOND)),
                Set.of("hog"),
                false,
                OptionalLong.empty(),
                TIMEOUT);
    }

    /** Returns what is to be left alone. */
    static List<Scenario> benign(String scratch) {
        return List.of(
                benign("cache-flood", "flood of page cache", "flood write=256 reads=1536 dir=" + scratch),
                benign("double-read", "parquet-like double read", "double read=900 hold=450 dir=" + scratch),
                benign("forks", "10 forks of 400 MiB that touch nothing", "fork parent=400 children=10 touch=0"),
                new Scenario(
                        "raised",
                        "limit raised live",
                        Container.SMALL,
                        List.of(Program.hog("hog", "steps first=480 cap=1200")),
                        Set.of(),
                        false,
                        OptionalLong.of(2 * Container.SMALL.limitBytes()),
                        TIMEOUT),
                benign("spikes", "5 spikes up to 60 MiB below the threshold", "spike top=480 times=5"));
    }

    /** A victim of about 1 GiB, and {@code loops} busy loops beside it. */
    static Scenario memoryBack(int loops, boolean strangers, int nice) {
        List<Program> programs = new ArrayList<>();
        programs.add(Program.hog("hog", "fill" + BEYOND + (nice > 0 ? " nice=" + nice : "")));
        IntStream.range(0, loops)
                .mapToObj(
                        i -> strangers ? Program.stranger("loop-" + i, "spin") : Program.bystander("loop-" + i, "spin"))
                .forEach(programs::add);
        String who = strangers ? " of strangers" : " in other executions";
        return new Scenario(
                "back-" + loops + (strangers ? "-strangers" : "") + (nice > 0 ? "-nice" : ""),
                (loops == 0 ? "idle machine" : loops + " busy loops" + who)
                        + (nice > 0 ? ", victim at nice " + nice : ""),
                Container.MIDDLE,
                programs,
                Set.of("hog"),
                false,
                OptionalLong.empty(),
                TIMEOUT);
    }

    /** Fills at the rate that nbguard says it survives, with huge pages so that the machine can keep it up. */
    static Scenario atPublishedRate(long bytesPerSecond) {
        return hog(
                PUBLISHED,
                "two threads, huge pages, at the rate that nbguard says it survives",
                HUGE + " rate=" + bytesPerSecond / 1_000_000);
    }

    private static Scenario hog(String id, String title, String words) {
        return kill(id, title, Set.of("hog"), false, Program.hog("hog", words));
    }

    private static Scenario python(String id, String title, int rate) {
        return kill(id, title, Set.of("hog"), false, Program.pythonHog("hog", rate + " 5632"));
    }

    private static Scenario kill(
            String id, String title, Set<String> mayDie, boolean cacheChanges, Program... programs) {
        List<Program> all = new ArrayList<>(CALM);
        all.addAll(List.of(programs));
        return new Scenario(id, title, Container.LARGE, all, mayDie, cacheChanges, OptionalLong.empty(), TIMEOUT);
    }

    private static Scenario benign(String id, String title, String words) {
        return new Scenario(
                id,
                title,
                Container.SMALL,
                List.of(Program.hog("hog", words)),
                Set.of(),
                false,
                OptionalLong.empty(),
                TIMEOUT);
    }
}
