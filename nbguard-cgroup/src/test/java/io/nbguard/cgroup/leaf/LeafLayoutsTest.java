package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.guest.Box;
import io.nbguard.guest.GuestTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where guards can and cannot confine notebooks, how they share a place, and what becomes of what one leaves. */
@GuestTest
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LeafLayoutsTest {

    private static final long MIB = 1L << 20;
    private static final Path TOP = Path.of("/sys/fs/cgroup");

    private Box box;

    @BeforeEach
    void make() {
        box = Box.limitedTo(500 * MIB);
    }

    @AfterEach
    void remove() {
        box.close();
    }

    private static List<Path> groups(Path below) {
        try (Stream<Path> all = Files.walk(below)) {
            return all.filter(path -> Files.isDirectory(path) && !path.equals(below))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a command that first joins a cgroup. */
    private static List<String> joining(Path group, List<String> command) {
        List<String> joined = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo 0 >\"$0\" && exec \"$@\"",
                group.resolve("cgroup.procs").toString()));
        joined.addAll(command);
        return joined;
    }

    @Test
    void withoutANamespaceAGroupOfItsOwnWillDo() {
        try (RemoteTracker guard = new RemoteTracker(box.joinedBy(RemoteTracker.program()))) {
            assertThat(guard.ask("inspect")).contains("WRITABLE_POSSIBLE", "holds no other process");
            guard.tell("open", "a", "cgroup.tier=writable");
            guard.tell("create", "a", "one");
            guard.start("one", "sleep", "600");

            assertThat(guard.ask("kill-all", "one")).isEqualTo("true");
            guard.tell("close", "a");
            assertThat(groups(box.folder())).isEmpty();
        }
    }

    @Test
    void processesOfOthersAreNotMoved() throws IOException, InterruptedException {
        Process unrelated = box.start("sleep", "600");
        try (RemoteTracker guard = new RemoteTracker(box.joinedBy(RemoteTracker.program()))) {
            assertThat(guard.ask("inspect")).contains("READ_ONLY", "holds 1 processes that are not nbguard's");
            assertThat(guard.ask("open", "a")).contains("unavailable: ", "systemd-run --scope -p Delegate=yes");
            assertThat(guard.ask("open", "a", "cgroup.tier=writable"))
                    .contains("GuardException", "cgroup.tier = writable was asked for", "Delegate=yes");
            assertThat(groups(box.folder())).isEmpty();
        } finally {
            unrelated.destroyForcibly().waitFor();
        }
    }

    @Test
    void theMachinesRootNeedsNoProcessMoved() throws IOException {
        String before = Files.readString(TOP.resolve("cgroup.subtree_control"));
        try (RemoteTracker guard = new RemoteTracker(joining(TOP, RemoteTracker.program()))) {
            guard.tell("open", "a", "cgroup.tier=writable");
            assertThat(Long.parseLong(guard.ask("enclosure", "a"))).isGreaterThan(500 * MIB);
            assertThat(TOP.resolve("nbguard-host")).doesNotExist();
            guard.tell("create", "a", "one");
            guard.start("one", "sleep", "600");
            assertThat(guard.ask("kill-all", "one")).isEqualTo("true");
            guard.tell("close", "a");
        }
        assertThat(TOP.resolve("nbguard-notebooks")).doesNotExist();
        assertThat(Files.readString(TOP.resolve("cgroup.subtree_control"))).isEqualTo(before);
    }

    @Test
    void aReadOnlyMountIsRefusedWithItsCure() {
        try (RemoteTracker guard = new RemoteTracker(box.containingReadOnly(RemoteTracker.program()))) {
            assertThat(guard.ask("open", "a"))
                    .contains("unavailable: /sys/fs/cgroup is mounted read-only", "writable-cgroups=true");
        }
    }

    @Test
    void aUserToWhomAGroupWasGivenNeedsNoPrivilege() throws IOException, InterruptedException {
        for (String file : List.of("", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads")) {
            assertThat(new ProcessBuilder(
                                    "chown", "1000", box.folder().resolve(file).toString())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        }
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid", "1000", "--clear-groups"));
        command.addAll(RemoteTracker.program());
        try (RemoteTracker guard = new RemoteTracker(box.joinedBy(command))) {
            guard.tell("open", "a", "cgroup.tier=writable");
            assertThat(guard.ask("describe", "a")).contains("delegated");
            guard.tell("create", "a", "one", "50m");
            guard.start("one", "sleep", "600");
            guard.tell("sample", "a", "FULL");
            assertThat(guard.ask("usage", "one")).startsWith("1 ");
            assertThat(guard.ask("kill-all", "one")).isEqualTo("true");
            guard.tell("close", "a");
            assertThat(groups(box.folder())).isEmpty();
        }
    }

    @Test
    void guardsOfTwoJvmsShareTheDivisionAndTheLastRemovesIt() {
        try (RemoteTracker first = new RemoteTracker(box.joinedBy(RemoteTracker.program()))) {
            first.tell("open", "a", "cgroup.tier=writable");
            try (RemoteTracker second =
                    new RemoteTracker(joining(box.folder().resolve("nbguard-host"), RemoteTracker.program()))) {
                second.tell("open", "b", "cgroup.tier=writable");
                second.tell("create", "b", "one");
                second.start("one", "sleep", "600");

                // The other's executions can be watched, and ended, from here.
                String[] root =
                        second.ask("root", "one").replaceAll("[^0-9,]", "").split(",");
                first.tell("watch", "w");
                first.tell("attach", "w", "theirs", root[0], root[1]);
                first.tell("sample", "w", "FULL");
                assertThat(first.ask("usage", "theirs")).startsWith("1 ").endsWith(" sleep");
                assertThat(first.ask("create", "w", "more")).contains("only watches");
                assertThat(first.ask("kill-all", "theirs")).isEqualTo("true");
                assertThat(second.ask("exit", "one")).isEqualTo("137");
                first.tell("close", "w");

                first.tell("close", "a");
                assertThat(box.folder().resolve("nbguard-host")).exists();
                second.tell("close", "b");
            }
            assertThat(groups(box.folder())).isEmpty();
        }
    }

    @Test
    void whatACrashedGuardLeftIsKilledAndRemovedByTheNext() {
        RemoteTracker crashed = new RemoteTracker(box.joinedBy(RemoteTracker.program()));
        crashed.tell("open", "a", "cgroup.tier=writable");
        crashed.tell("create", "a", "orphan");
        crashed.start("orphan", "sh", "-c", "setsid sleep 600 & exec sleep 600");
        assertThat(crashed.ask("freeze", "orphan", "USER")).isEqualTo("true");
        crashed.crash();
        assertThat(box.number("cgroup.events", "populated")).isEqualTo(1);

        try (RemoteTracker next =
                new RemoteTracker(joining(box.folder().resolve("nbguard-host"), RemoteTracker.program()))) {
            next.tell("open", "a", "cgroup.tier=writable");

            assertThat(box.number("nbguard-notebooks/cgroup.events", "populated"))
                    .isZero();
            assertThat(groups(box.folder()).stream().filter(path -> path.endsWith("orphan")))
                    .isEmpty();
            next.tell("close", "a");
            assertThat(groups(box.folder())).isEmpty();
            assertThat(box.text("cgroup.subtree_control")).isEmpty();
        }
    }

    @Test
    void whatACrashedGuardHasLeftToGoOnStaysUntilTheNextHasAttachedToItAndEndedIt() {
        RemoteTracker crashed = new RemoteTracker(box.joinedBy(RemoteTracker.program()));
        crashed.tell("open", "a", "cgroup.tier=writable", "guard.keep-on-host-death=on");
        crashed.tell("create", "a", "lasting");
        crashed.tell("create", "a", "over");
        crashed.start("lasting", "sh", "-c", "setsid sleep 600 & exec sleep 600");
        String[] root = crashed.ask("root", "lasting").replaceAll("[^\\d,]", "").split(",");
        assertThat(crashed.ask("freeze", "lasting", "USER")).isEqualTo("true");
        crashed.crash();

        try (RemoteTracker next =
                new RemoteTracker(joining(box.folder().resolve("nbguard-host"), RemoteTracker.program()))) {
            next.tell("open", "b", "cgroup.tier=writable");

            assertThat(box.number("nbguard-notebooks/cgroup.events", "populated"))
                    .isEqualTo(1);
            assertThat(groups(box.folder()).stream().filter(path -> path.endsWith("over")))
                    .isEmpty();
            next.tell("attach", "b", "lasting", root[0], root[1]);
            assertThat(groups(box.folder())).anyMatch(path -> path.endsWith("lasting/nbguard-frozen"));
            next.tell("apply-holds", "lasting");
            assertThat(groups(box.folder())).noneMatch(path -> path.endsWith("lasting/nbguard-frozen"));
            next.tell("sample", "b", "FULL");
            assertThat(next.ask("usage", "lasting")).startsWith("2 ");
            assertThat(next.ask("kill-all", "lasting")).isEqualTo("true");
            assertThat(box.number("nbguard-notebooks/cgroup.events", "populated"))
                    .isZero();
            next.tell("forget", "lasting");
            next.tell("close", "b");
            assertThat(groups(box.folder())).isEmpty();
            assertThat(box.text("cgroup.subtree_control")).isEmpty();
        }
    }

    @Test
    void whatHasLostItsRootAndItsGuardIsFoundByItsLeaf() throws InterruptedException {
        RemoteTracker crashed = new RemoteTracker(box.joinedBy(RemoteTracker.program()));
        crashed.tell("open", "a", "cgroup.tier=writable", "guard.keep-on-host-death=on");
        crashed.tell("create", "a", "lasting");
        long root = crashed.start("lasting", "sh", "-c", "setsid sleep 600 & exec sleep 600");
        String[] identity =
                crashed.ask("root", "lasting").replaceAll("[^\\d,]", "").split(",");
        crashed.crash();
        ProcessHandle.of(root).orElseThrow().destroyForcibly();
        while (ProcessHandle.of(root).isPresent()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }

        try (RemoteTracker next =
                new RemoteTracker(joining(box.folder().resolve("nbguard-host"), RemoteTracker.program()))) {
            next.tell("open", "b", "cgroup.tier=writable");
            next.tell("attach", "b", "lasting", identity[0], identity[1]);

            assertThat(next.ask("empty", "lasting")).isEqualTo("false");
            assertThat(next.ask("kill-all", "lasting")).isEqualTo("true");
            next.tell("forget", "lasting");
            next.tell("close", "b");
            assertThat(groups(box.folder())).isEmpty();
        }
    }

    @Test
    void aKernelWithoutCgroupKillIsServedOneProcessAtATime() throws InterruptedException {
        Process root = box.start("sh", "-c", "(while :; do sleep 0.01 & done) & setsid sleep 600 & exec sleep 600");
        Group group = new Group(box.folder());
        while (group.pids().size() < 3) {
            TimeUnit.MILLISECONDS.sleep(5);
        }

        group.killOneByOne();

        assertThat(group.awaitEmpty(TimeUnit.SECONDS.toNanos(30))).isTrue();
        assertThat(root.waitFor()).isEqualTo(137);
        assertThat(box.text("cgroup.freeze")).isEqualTo("0");
    }
}
