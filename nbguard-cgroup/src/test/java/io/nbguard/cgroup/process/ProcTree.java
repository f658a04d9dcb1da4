package io.nbguard.cgroup.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** A copy of a procfs that a test writes: processes appear, change, end, and their ids are given out again. */
final class ProcTree {

    final Path root;

    ProcTree(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("sys/kernel"));
        Files.createDirectories(root.resolve("self"));
        pidMax(32768);
        lastPid(400);
    }

    void pidMax(long highest) throws IOException {
        Files.writeString(root.resolve("sys/kernel/pid_max"), highest + "\n");
    }

    /** Moves the cursor. The file is written in place: a kept descriptor reads it again. */
    void lastPid(long pid) throws IOException {
        Files.writeString(root.resolve("loadavg"), "0.00 0.01 0.05 1/123 " + pid + "\n");
    }

    /** Takes away what tells the last id. */
    void withoutCursor() throws IOException {
        Files.delete(root.resolve("loadavg"));
    }

    Entry process(long pid, long parent) {
        return new Entry(pid, parent);
    }

    /** Ends a process: what its kept descriptors read is nothing, and it is not there any more. */
    void end(long pid) throws IOException {
        Path folder = root.resolve(Long.toString(pid));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.writeString(file, "", StandardOpenOption.TRUNCATE_EXISTING);
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** A process to write; what is not said is like its parent's or nothing. */
    final class Entry {

        private final long pid;
        private long parent;
        private long session = 50;
        private long group = 50;
        private long start = 1000;
        private char state = 'S';
        private String name = "python3";
        private long own;
        private long children;
        private int threads = 1;
        private int exitSignal = 17;
        private long resident = 100;
        private long shared = 40;

        private Entry(long pid, long parent) {
            this.pid = pid;
            this.parent = parent;
        }

        Entry parent(long id) {
            parent = id;
            return this;
        }

        Entry leads() {
            session = pid;
            group = pid;
            return this;
        }

        Entry in(long sessionId, long groupId) {
            session = sessionId;
            group = groupId;
            return this;
        }

        Entry start(long ticks) {
            start = ticks;
            return this;
        }

        Entry name(String comm) {
            name = comm;
            return this;
        }

        Entry state(char letter) {
            state = letter;
            return this;
        }

        Entry time(long ownTicks, long childTicks) {
            own = ownTicks;
            children = childTicks;
            return this;
        }

        Entry pages(long residentPages, long sharedPages) {
            resident = residentPages;
            shared = sharedPages;
            return this;
        }

        Entry thread() {
            exitSignal = -1;
            return this;
        }

        Entry write() throws IOException {
            Path folder = Files.createDirectories(root.resolve(Long.toString(pid)));
            boolean dead = state == 'Z' || state == 'X';
            Files.writeString(
                    folder.resolve("stat"),
                    pid + " (" + name + ") " + state + " " + parent + " " + group + " " + session
                            + " 0 -1 4194560 1 2 3 4 " + own + " 0 " + children + " 0 20 0 " + threads + " 0 " + start
                            + " 1000000 " + (dead ? 0 : resident) + " 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 "
                            + exitSignal + " 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
            Files.writeString(
                    folder.resolve("statm"),
                    dead ? "0 0 0 0 0 0 0\n" : "5000 " + resident + " " + shared + " 10 0 200 0\n");
            return this;
        }
    }
}
