package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.Box;
import io.nbguard.guest.GuestTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a guard does in a container whose cgroup it may write, seen from outside of that. */
@GuestTest
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LeafInContainerTest {

    private static final long MIB = 1L << 20;
    private static final String FILL = "x=[]\nwhile True: x.append(bytearray(8<<20))";

    private static Box box;
    private static RemoteTracker guard;

    @BeforeAll
    static void startTheContainer() {
        box = Box.limitedTo(500 * MIB);
        guard = new RemoteTracker(box.containing(RemoteTracker.program()));
    }

    @AfterAll
    static void endTheContainer() {
        guard.close();
        box.close();
    }

    @BeforeEach
    void open() {
        guard.tell("open", "a", "cgroup.tier=writable", "cgroup.pids=64");
    }

    @AfterEach
    void closeLeavesNothing() throws IOException {
        guard.tell("close", "a");

        assertThat(groups()).isEmpty();
        assertThat(box.text("cgroup.subtree_control")).isEmpty();
        assertThat(box.text("cgroup.procs")).isNotEmpty();
        assertThat(guard.isAlive()).isTrue();
    }

    private static List<Path> groups() throws IOException {
        try (Stream<Path> all = Files.walk(box.folder())) {
            return all.filter(path -> Files.isDirectory(path) && !path.equals(box.folder()))
                    .toList();
        }
    }

    /** Returns the path of a leaf below the box. */
    private static String leaf(String id) throws IOException {
        return groups().stream()
                .filter(path -> path.endsWith(id))
                .map(path -> box.folder().relativize(path).toString())
                .findFirst()
                .orElseThrow();
    }

    private static List<String> lines(String file) {
        return box.text(file).lines().toList();
    }

    private static long usage(String id, int column) {
        return Long.parseLong(guard.ask("usage", id).split(" ")[column]);
    }

    @Test
    void allProcessesButTheNotebooksAreMovedAside() {
        assertThat(box.text("cgroup.procs")).isEmpty();
        assertThat(lines("nbguard-host/cgroup.procs")).isNotEmpty();
        assertThat(box.text("nbguard-host/cpu.weight")).isEqualTo("1000");
        assertThat(Arrays.asList(box.text("cgroup.subtree_control").split(" ")))
                .contains("cpu", "io", "memory", "pids");
    }

    @Test
    void theEnclosureIsSmallerThanTheContainerByWhatTheHostHoldsAndSomeMore() {
        long max = box.number("nbguard-notebooks/memory.max");

        assertThat(max).isBetween(300 * MIB, 500 * MIB - 32 * MIB);
        assertThat(guard.ask("enclosure", "a")).isEqualTo(Long.toString(max));
        assertThat(guard.ask("describe", "a")).contains("MiB together").contains("the container's cgroup");
    }

    @Test
    void anExecutionIsInItsLeafWithEverythingItStarts() throws IOException {
        guard.tell("create", "a", "inleaf", "100m");
        guard.start("inleaf", "sh", "-c", "sleep 600 & setsid sleep 600 & (sleep 600 &) & wait");
        Await.until(() -> lines(leaf("inleaf") + "/cgroup.procs").size() >= 4);

        assertThat(box.text(leaf("inleaf") + "/memory.oom.group")).isEqualTo("1");
        assertThat(box.text(leaf("inleaf") + "/pids.max")).isEqualTo("64");
        assertThat(box.number(leaf("inleaf") + "/memory.max")).isEqualTo(116 * MIB);
        guard.tell("sample", "a", "FULL");
        assertThat(guard.ask("usage", "inleaf").split(" ")).startsWith("4").contains("sh", "sleep");
        assertThat(usage("inleaf", 1)).isBetween(MIB / 8, 50 * MIB);

        assertThat(guard.ask("kill-all", "inleaf")).isEqualTo("true");
        assertThat(guard.ask("empty", "inleaf")).isEqualTo("true");
        guard.tell("forget", "inleaf");
    }

    @Test
    void aHogAtFullRateIsEndedByTheKernelInsideItsLeafAndNoOtherProcessIs() throws IOException {
        long before = box.number("memory.events.local", "oom");
        guard.tell("create", "a", "bystander");
        guard.start("bystander", "sleep", "600");
        guard.tell("create", "a", "hog");
        guard.start("hog", "sh", "-c", "setsid sleep 600 & exec python3 -c \"$0\"", FILL);

        assertThat(guard.ask("exit", "hog")).isEqualTo("137");

        // The one beside it that did not eat, too: nothing of a killed execution stays.
        Await.until(() -> guard.ask("empty", "hog").equals("true"));
        assertThat(guard.ask("empty", "bystander")).isEqualTo("false");
        assertThat(guard.ask("oom", "hog")).matches("[23] the limit of all notebooks together of .* MiB");
        assertThat(guard.ask("oom", "bystander")).isEqualTo("0 -");
        assertThat(box.number("memory.events.local", "oom")).isEqualTo(before);
        assertThat(box.number(leaf("hog") + "/memory.events", "oom_group_kill")).isEqualTo(1);
        guard.ask("kill-all", "bystander");
        guard.tell("forget", "hog");
        guard.tell("forget", "bystander");
    }

    @Test
    void anExecutionsOwnLimitIsKeptByTheKernelALittleLater() {
        guard.tell("create", "a", "small", "64m");
        guard.start("small", "python3", "-c", FILL);

        assertThat(guard.ask("exit", "small")).isEqualTo("137");

        assertThat(guard.ask("oom", "small")).endsWith("its own limit of 80.0 MiB");
        guard.tell("forget", "small");
    }

    @Test
    void nothingEscapes() throws IOException {
        guard.tell("create", "a", "escapee");
        guard.start(
                "escapee",
                "sh",
                "-c",
                "setsid sleep 600 & (setsid setsid sleep 600 &) & env -i setsid -f sleep 600; exec sleep 600");
        Await.until(() -> lines(leaf("escapee") + "/cgroup.procs").size() >= 4);

        assertThat(guard.ask("kill-all", "escapee")).isEqualTo("true");

        assertThat(lines(leaf("escapee") + "/cgroup.procs")).isEmpty();
        guard.tell("forget", "escapee");
    }

    @Test
    void aForkBombIsBoundedAndEndsAtOneBlow() throws IOException {
        guard.tell("create", "a", "bomb");
        guard.start(
                "bomb",
                "python3",
                "-c",
                "import os, time\nwhile True:\n  try: os.fork()\n  except OSError: time.sleep(0.01)");
        Await.until(() -> box.number(leaf("bomb") + "/pids.current") == 64);

        assertThat(guard.ask("kill-all", "bomb")).isEqualTo("true");

        // Zombies still count as pids until the container's first process reaps them; this one is no init.
        assertThat(lines(leaf("bomb") + "/cgroup.procs")).isEmpty();
        guard.tell("forget", "bomb");
    }

    @Test
    void aFrozenExecutionStandsStillAndGoesOn() throws IOException {
        guard.tell("create", "a", "frozen");
        guard.start("frozen", "sh", "-c", "while :; do :; done");

        assertThat(guard.ask("freeze", "frozen", "BYSTANDER")).isEqualTo("true");
        Await.until(() -> box.number(leaf("frozen") + "/cgroup.events", "frozen") == 1);
        long stopped = box.number(leaf("frozen") + "/cpu.stat", "usage_usec");
        guard.tell("sample", "a", "FULL");
        assertThat(box.number(leaf("frozen") + "/cpu.stat", "usage_usec")).isEqualTo(stopped);

        guard.tell("thaw", "frozen", "BYSTANDER");
        Await.until(() -> box.number(leaf("frozen") + "/cpu.stat", "usage_usec") > stopped);

        guard.ask("freeze", "frozen", "BYSTANDER");
        assertThat(guard.ask("kill-all", "frozen")).isEqualTo("true");
        guard.tell("forget", "frozen");
    }

    /** A root that starts a process that keeps a processor busy, another at USR1, and ends at TERM. */
    private static final String FAMILY =
            "spin() { (while :; do :; done) & }\ntrap spin USR1\ntrap 'exit 7' TERM\nspin\n" + "while :; do wait; done";

    /** Where all but the root is kept while it is paused. */
    private static String paused(String id) throws IOException {
        return leaf(id) + "/nbguard-frozen";
    }

    private static boolean isFrozen(String group) {
        return box.number(group + "/cgroup.events", "frozen") == 1;
    }

    private static void startFamily(String id) throws IOException {
        guard.tell("create", "a", id);
        guard.start(id, "sh", "-c", FAMILY);
        Await.until(() -> lines(leaf(id) + "/cgroup.procs").size() == 2);
    }

    private static void signalRoot(String id, String name) throws Exception {
        // Of a paused execution the root alone is right in the leaf.
        String root = box.text(leaf(id) + "/cgroup.procs");
        assertThat(new ProcessBuilder("kill", "-" + name, root).start().waitFor())
                .isZero();
    }

    @Test
    void whatTwoHoldFrozenGoesOnWithTheLastHoldInEitherOrder() throws IOException {
        startFamily("held");
        String leaf = leaf("held");
        for (List<String> order : List.of(List.of("USER", "BYSTANDER"), List.of("BYSTANDER", "USER"))) {
            assertThat(guard.ask("freeze", "held", order.get(0))).isEqualTo("true");
            assertThat(guard.ask("freeze", "held", order.get(1))).isEqualTo("true");
            Await.until(() -> isFrozen(leaf) && isFrozen(paused("held")));

            guard.tell("thaw", "held", order.get(0));
            assertThat(guard.ask("frozen-by", "held")).isEqualTo("[" + order.get(1) + "]");
            boolean user = order.get(1).equals("USER");
            assertThat(box.text(leaf + "/cgroup.freeze")).isEqualTo(user ? "0" : "1");
            assertThat(Files.isDirectory(box.folder().resolve(paused("held")))).isEqualTo(user);
            Await.until(() -> isFrozen(user ? paused("held") : leaf));

            guard.tell("thaw", "held", order.get(1));
            assertThat(guard.ask("frozen-by", "held")).isEqualTo("[]");
            assertThat(box.text(leaf + "/cgroup.freeze")).isEqualTo("0");
            assertThat(box.folder().resolve(paused("held"))).doesNotExist();
            assertThat(lines(leaf + "/cgroup.procs")).hasSize(2);
            long used = box.number(leaf + "/cpu.stat", "usage_usec");
            Await.until(() -> box.number(leaf + "/cpu.stat", "usage_usec") > used + 10_000);
        }
        guard.ask("kill-all", "held");
        guard.tell("forget", "held");
    }

    @Test
    void theRootOfAPausedExecutionGoesOnAndMayEndIt() throws Exception {
        startFamily("paused");
        assertThat(guard.ask("freeze", "paused", "USER")).isEqualTo("true");
        Await.until(() -> isFrozen(paused("paused")));
        long used = box.number(paused("paused") + "/cpu.stat", "usage_usec");

        guard.tell("sample", "a", "FULL");
        assertThat(guard.ask("usage", "paused")).startsWith("2 ");
        assertThat(usage("paused", 1)).isPositive();
        signalRoot("paused", "TERM");

        assertThat(guard.ask("exit", "paused")).isEqualTo("7");
        assertThat(box.number(paused("paused") + "/cpu.stat", "usage_usec")).isEqualTo(used);
        assertThat(guard.ask("empty", "paused")).isEqualTo("false");
        assertThat(guard.ask("kill-all", "paused")).isEqualTo("true");
        guard.tell("forget", "paused");
    }

    @Test
    void whatThePausedRootStartsIsFrozenAtTheNextSample() throws Exception {
        startFamily("growing");
        guard.ask("freeze", "growing", "USER");
        signalRoot("growing", "USR1");
        Await.until(() -> lines(leaf("growing") + "/cgroup.procs").size() == 2);

        guard.tell("sample", "a", "FULL");

        assertThat(lines(leaf("growing") + "/cgroup.procs")).hasSize(1);
        assertThat(lines(paused("growing") + "/cgroup.procs")).hasSize(2);
        Await.until(() -> isFrozen(paused("growing")));
        guard.ask("kill-all", "growing");
        guard.tell("forget", "growing");
    }

    @Test
    void whatAnotherProcessHadFrozenGoesOnAndWhatIsHeldHereStaysFrozen() throws IOException {
        startFamily("left");
        String freezer = leaf("left") + "/cgroup.freeze";
        box.set(freezer, "1");

        guard.tell("apply-holds", "left");
        assertThat(box.text(freezer)).isEqualTo("0");

        guard.ask("freeze", "left", "USER");
        box.set(paused("left") + "/cgroup.freeze", "0");
        guard.tell("apply-holds", "left");
        assertThat(box.text(paused("left") + "/cgroup.freeze")).isEqualTo("1");

        assertThat(guard.ask("kill-all", "left")).isEqualTo("true");
        guard.tell("forget", "left");
    }

    @Test
    void aLimitThatIsChangedLiveIsFollowed() {
        long before = box.number("nbguard-notebooks/memory.max");

        box.set("memory.max", Long.toString(400 * MIB));
        guard.tell("sample", "a", "FULL");
        long lowered = box.number("nbguard-notebooks/memory.max");
        box.set("memory.max", Long.toString(500 * MIB));
        guard.tell("sample", "a", "FULL");
        long raised = box.number("nbguard-notebooks/memory.max");

        // The host's own use may move by some MiB meanwhile.
        assertThat(before - lowered).isBetween(80 * MIB, 120 * MIB);
        assertThat(raised - lowered).isBetween(80 * MIB, 120 * MIB);
    }

    @Test
    void theMemoryLimitOfAnExecutionThatRunsIsChangedLive() throws IOException {
        guard.tell("create", "a", "resized", "100m");
        guard.start("resized", "sh", "-c", "python3 -c 'x=bytes(b\"x\"*(60<<20)); import time; time.sleep(600)'");
        Await.until(() -> usage("resized", 1) > 60 * MIB
                || !guard.ask("sample", "a", "FULL").equals("ok"));

        guard.tell("update", "resized", "200m");
        assertThat(box.number(leaf("resized") + "/memory.max")).isEqualTo(216 * MIB);

        assertThat(guard.ask("update", "resized", "20m")).contains("its memory limit cannot become 20.0 MiB");
        assertThat(box.number(leaf("resized") + "/memory.max")).isEqualTo(216 * MIB);
        assertThat(guard.ask("empty", "resized")).isEqualTo("false");

        guard.tell("update", "resized");
        assertThat(box.text(leaf("resized") + "/memory.max")).isEqualTo("max");
        assertThat(guard.ask("enforcement", "a")).contains("MEMORY", "HARD", "memory.max");
        assertThat(guard.ask("kill-all", "resized")).isEqualTo("true");
        guard.tell("forget", "resized");
    }

    @Test
    void groupsThatANotebookMakesInsideItsLeafAreKnownAndGoWithIt() throws IOException {
        guard.tell("create", "a", "nested");
        guard.start(
                "nested",
                "sh",
                "-c",
                "d=/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup); mkdir $d/in $d/in/most;"
                        + " sleep 600 & echo $! >$d/in/most/cgroup.procs; exec sleep 600");
        Await.until(() -> groups().stream().anyMatch(path -> path.endsWith("in/most"))
                && !lines(leaf("nested") + "/in/most/cgroup.procs").isEmpty());
        guard.tell("sample", "a", "FULL");

        assertThat(guard.ask("usage", "nested")).startsWith("2 ");
        assertThat(guard.ask("kill-all", "nested")).isEqualTo("true");
        guard.tell("forget", "nested");
    }

    @Test
    void twoGuardsOfOneJvmShareTheDivision() throws IOException {
        guard.tell("open", "b", "cgroup.tier=writable");
        guard.tell("create", "a", "same");
        guard.tell("create", "b", "same");
        assertThat(groups().stream().filter(path -> path.endsWith("same"))).hasSize(2);

        guard.tell("close", "b");

        assertThat(groups().stream().filter(path -> path.endsWith("same"))).hasSize(1);
        assertThat(lines("nbguard-host/cgroup.procs")).isNotEmpty();
    }

    @Test
    void aSteadySampleAllocatesNothing() {
        for (int i = 0; i < 10; i++) {
            guard.tell("create", "a", "steady" + i);
            guard.start("steady" + i, "sh", "-c", "sleep 600 & sleep 600 & sleep 600 & sleep 600 & wait");
        }
        guard.tell("open-procfs", "p");
        guard.ask("measure", "a", "200");

        String measured = guard.ask("measure", "a", "100");
        System.out.println("10 leaves of 5 processes: " + measured);
        for (int i = 0; i < 10; i++) {
            String[] root =
                    guard.ask("root", "steady" + i).replaceAll("[^0-9,]", "").split(",");
            guard.tell("attach", "p", "steady" + i, root[0], root[1]);
        }
        guard.ask("measure", "p", "50");
        System.out.println("the same as process trees: " + guard.ask("measure", "p", "50"));

        assertThat(measured).matches("USAGE \\d+ ns 0 bytes FULL \\d+ ns 0 bytes");
        guard.tell("close", "p");
        box.set("nbguard-notebooks/cgroup.kill", "1");
        Await.until(() -> box.number("nbguard-notebooks/cgroup.events", "populated") == 0);
    }
}
