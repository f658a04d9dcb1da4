package io.nbguard.benchmarks.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A memory control group of this bench's own: a node with a real limit and the kernel's OOM killer. Its name holds
 * who made it, so that a later bench can remove what a killed one left.
 */
final class MemoryGroup implements AutoCloseable {

    private static final Path TOP = Path.of("/sys/fs/cgroup");
    /** Of cgroup v2, which has controllers at its top; else of v1. */
    private static final boolean UNIFIED = Files.exists(TOP.resolve("cgroup.controllers"));

    private static final Path HIERARCHY = UNIFIED ? TOP : TOP.resolve("memory");
    private static final String LIMIT = UNIFIED ? "memory.max" : "memory.limit_in_bytes";
    private static final String USE = UNIFIED ? "memory.current" : "memory.usage_in_bytes";
    private static final String PREFIX = "nbguard-chaos-";
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

    private final Path folder;

    private MemoryGroup(Path folder) {
        this.folder = folder;
    }

    /** Returns why no group can be made here, or none that offers {@code tier}, if so. */
    static Optional<String> refusal(Tier tier) {
        if (tier == Tier.WRITABLE && !UNIFIED) {
            return Optional.of(
                    "needs cgroup v2 for the writable tier; benchmarks/chaos brings a virtual machine that has it");
        }
        return Files.exists(HIERARCHY.resolve("cgroup.procs")) && Files.isWritable(HIERARCHY)
                ? Optional.empty()
                : Optional.of(
                        "needs a memory control group hierarchy at " + HIERARCHY + " that this user may write to");
    }

    /** Makes a group with a limit. */
    static MemoryGroup create(String name, long limitBytes) throws IOException {
        MemoryGroup group = new MemoryGroup(Files.createDirectory(HIERARCHY.resolve(PREFIX + self() + "-" + name)));
        group.limit(limitBytes);
        return group;
    }

    private static String self() {
        return identity(ProcessHandle.current());
    }

    private static String identity(ProcessHandle process) {
        return process.pid() + "-"
                + process.info()
                        .startInstant()
                        .map(start -> start.toEpochMilli())
                        .orElse(0L);
    }

    /** Removes the groups of benches that are dead, and what still runs in them. */
    static void removeLeftovers() throws IOException {
        List<Path> groups;
        try (Stream<Path> entries = Files.list(HIERARCHY)) {
            groups = entries.filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
        for (Path folder : groups) {
            String[] name =
                    folder.getFileName().toString().substring(PREFIX.length()).split("-", 3);
            boolean alive = ProcessHandle.of(Long.parseLong(name[0]))
                    .map(owner -> identity(owner).equals(name[0] + "-" + name[1]))
                    .orElse(false);
            if (!alive) {
                new MemoryGroup(folder).close();
            }
        }
    }

    /** Returns its folder. */
    Path folder() {
        return folder;
    }

    /** Sets its limit. */
    void limit(long bytes) throws IOException {
        Files.writeString(folder.resolve(LIMIT), Long.toString(bytes));
    }

    /** Returns what it uses, page cache included. */
    long usedBytes() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve(USE)).strip());
    }

    /** Returns a command that joins the group and then becomes {@code command}. */
    List<String> joinedBy(List<String> command) {
        List<String> joining = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo $$ > \"$0\" && exec \"$@\"",
                folder.resolve("cgroup.procs").toString()));
        joining.addAll(command);
        return joining;
    }

    /**
     * Returns a command that starts {@code command} as the first process of a container: for the writable tier the group is
     * the root of its cgroup namespace and is mounted to be written, as container engines do on request.
     */
    List<String> containing(Tier tier, List<String> command) {
        if (tier == Tier.READ_ONLY) {
            return joinedBy(command);
        }
        List<String> inside = new ArrayList<>(List.of(
                "unshare",
                "--cgroup",
                "--mount",
                "sh",
                "-c",
                "umount \"$0\" && mount -t cgroup2 cgroup2 \"$0\" && exec \"$@\"",
                TOP.toString()));
        inside.addAll(command);
        return joinedBy(inside);
    }

    /** Returns the groups that were made below it. */
    Set<Path> groupsBelow() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> Files.isDirectory(path) && !path.equals(folder))
                    .collect(Collectors.toSet());
        }
    }

    /** Kills what is in the group and below it, which only this bench has filled, and removes it. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (true) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.filter(Files::isDirectory)
                        .sorted(Comparator.reverseOrder())
                        .toList()) {
                    for (String pid : Files.readAllLines(each.resolve("cgroup.procs"))) {
                        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
                    }
                    Files.delete(each);
                }
                return;
            } catch (IOException | UncheckedIOException e) {
                // A group counts as busy for a moment after its last process has died.
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("cannot remove " + folder, e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
