package io.nbguard.cgroup.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.Box;
import io.nbguard.guest.GuestTest;
import io.nbguard.spi.probe.Gauge;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own cgroup v2: a program runs in a box with a real limit, and tells what it reads there. */
@GuestTest
@Timeout(300)
class RealCgroup2Test {

    private static final long MIB = 1 << 20;
    private static final long LIMIT = 256 * MIB;

    private Box box;
    private Process reporter;
    private BufferedReader answers;
    private Writer commands;

    @BeforeEach
    void makeABox() {
        box = Box.limitedTo(LIMIT);
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        box.close();
        reporter.waitFor();
        assertThat(box.folder()).doesNotExist();
    }

    private void start(UnaryOperator<List<String>> place) {
        reporter = Box.start(place.apply(Box.java(ProbeReporter.class, "2")));
        answers = reporter.inputReader();
        commands = reporter.outputWriter();
    }

    private Map<String, String> ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        Map<String, String> answer = new HashMap<>();
        for (String line = answers.readLine(); !"end".equals(line); line = answers.readLine()) {
            assertThat(line).as("the reporter ended early").isNotNull();
            String[] pair = line.split("=", 2);
            answer.put(pair[0], pair[1]);
        }
        return answer;
    }

    private long read(Gauge gauge) throws IOException {
        return Long.parseLong(ask("sample").get(gauge.name()));
    }

    @Test
    void theLimitAndTheQuotaAreFoundAndTheirChangesNoticed() throws Exception {
        box.set("cpu.max", "150000 100000");
        start(box::joinedBy);

        Map<String, String> first = ask("sample");
        assertThat(first).containsEntry("MEMORY_LIMIT", Long.toString(LIMIT)).containsEntry("CPU_LIMIT", "1500");
        assertThat(first.get("description")).startsWith("cgroup v2 at " + box.folder() + " ");

        box.set("memory.max", Long.toString(2 * LIMIT)).set("cpu.max", "50000 100000");
        assertThat(ask("sample"))
                .containsEntry("MEMORY_LIMIT", Long.toString(2 * LIMIT))
                .containsEntry("CPU_LIMIT", "500");

        box.set("memory.max", "max").set("cpu.max", "max");
        assertThat(ask("sample")).containsEntry("MEMORY_LIMIT", "unlimited").containsEntry("CPU_LIMIT", "unlimited");
    }

    @Test
    void aFloodOfPageCacheIsUsedButNothingThatOnlyAKillCouldFree() throws Exception {
        start(box::joinedBy);
        Path file = Files.createTempFile("cache", ".tmp");
        try {
            ask("touch 60");
            long anonymous = box.number("memory.stat", "anon");

            ask("cache " + file + " 400");

            Map<String, String> flooded = ask("sample");
            long current = Long.parseLong(flooded.get("MEMORY_CURRENT"));
            long reclaimable = Long.parseLong(flooded.get("MEMORY_FILE_CACHE"))
                    + Long.parseLong(flooded.get("MEMORY_RECLAIMABLE_SLAB"));
            assertThat(current).isBetween(LIMIT * 9 / 10, LIMIT);
            assertThat(current - reclaimable).isBetween(60 * MIB, anonymous + 20 * MIB);
            assertThat(box.number("memory.events", "max"))
                    .as("the limit was reached")
                    .isPositive();
            assertThat(box.oomKills()).isZero();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void aKillByTheKernelIsCounted() throws Exception {
        start(box::joinedBy);
        assertThat(read(Gauge.MEMORY_OOM_KILLS)).isZero();

        Process hog = box.start("sh", "-c", "echo 1000 >/proc/self/oom_score_adj && exec tail /dev/zero");

        assertThat(hog.waitFor()).isEqualTo(128 + 9);
        assertThat(read(Gauge.MEMORY_OOM_KILLS)).isEqualTo(1);
        assertThat(box.oomKills()).isEqualTo(1);
        assertThat(box.number("memory.peak")).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void pressureIsRead() throws Exception {
        start(box::joinedBy);
        assertThat(read(Gauge.MEMORY_PRESSURE)).isBetween(0L, 1_000_000L);

        // Both want a whole processor, and have half a one between them: they wait most of the time.
        box.set("cpu.max", "50000 100000");
        box.start("sh", "-c", "while :; do :; done");
        box.start("sh", "-c", "while :; do :; done");

        long tenPercent = 100_000;
        while (read(Gauge.CPU_PRESSURE) < tenPercent) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whereTheTreeCanBeWrittenTheBetterTierIsPossible() throws Exception {
        start(box::joinedBy);

        assertThat(ask("tier")).containsEntry("tier", "WRITABLE_POSSIBLE");
    }

    @Test
    void aContainerIsReadFromWithinAndTheBetterTierIsPossibleInIt() throws Exception {
        start(box::containing);

        Map<String, String> sample = ask("sample");
        assertThat(sample).containsEntry("MEMORY_LIMIT", Long.toString(LIMIT));
        assertThat(sample.get("description")).startsWith("cgroup v2 at /sys/fs/cgroup ");
        assertThat(ask("tier")).containsEntry("tier", "WRITABLE_POSSIBLE");
    }

    @Test
    void aContainerWithAReadOnlyTreeIsReadButAllowsOnlyTheLesserTier() throws Exception {
        start(box::containingReadOnly);

        assertThat(read(Gauge.MEMORY_LIMIT)).isEqualTo(LIMIT);
        assertThat(ask("tier"))
                .containsEntry("tier", "READ_ONLY")
                .containsEntry("reason", "/sys/fs/cgroup is mounted read-only");
    }
}
