package io.nbguard.cgroup.process;

import java.nio.file.Path;
import java.util.Arrays;

/** Processes as they were found, in columns. Reused; for one thread. */
final class Census {

    private int count;
    private long[] pid = new long[64];
    private long[] start = new long[64];
    private long[] parent = new long[64];
    private long[] session = new long[64];
    private long[] group = new long[64];
    private long[] residentPages = new long[64];
    private boolean[] alive = new boolean[64];
    private boolean[] taken = new boolean[64];

    void clear() {
        count = 0;
    }

    void add(StatLine line) {
        if (count == pid.length) {
            grow();
        }
        pid[count] = line.pid();
        start[count] = line.start();
        parent[count] = line.parent();
        session[count] = line.session();
        group[count] = line.group();
        residentPages[count] = line.residentPages();
        alive[count] = line.alive();
        taken[count] = false;
        count++;
    }

    private void grow() {
        int size = count * 2;
        pid = Arrays.copyOf(pid, size);
        start = Arrays.copyOf(start, size);
        parent = Arrays.copyOf(parent, size);
        session = Arrays.copyOf(session, size);
        group = Arrays.copyOf(group, size);
        residentPages = Arrays.copyOf(residentPages, size);
        alive = Arrays.copyOf(alive, size);
        taken = Arrays.copyOf(taken, size);
    }

    /** Adds every process in a procfs that is not in {@code known}. Allocates, and costs some 4 µs per process. */
    void takeAll(Path proc, ProcessReader reader, StatLine line, PidMap<?> known) {
        String[] names = proc.toFile().list();
        if (names == null) {
            return;
        }
        for (String name : names) {
            long id = pidOf(name);
            if (id > 0 && known.get(id) == null && reader.read(id, line) == ProcessReader.Look.FOUND) {
                add(line);
            }
        }
    }

    /** Returns the id that {@code name} is, or -1 if it is something else: {@code /proc} also has files of the kernel. */
    static long pidOf(String name) {
        if (name.isEmpty() || name.length() > 10) {
            return -1;
        }
        long id = 0;
        for (int i = 0; i < name.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            id = id * 10 + digit;
        }
        return id;
    }

    int count() {
        return count;
    }

    long pid(int row) {
        return pid[row];
    }

    long start(int row) {
        return start[row];
    }

    long parent(int row) {
        return parent[row];
    }

    long session(int row) {
        return session[row];
    }

    /** Returns the process group's id. */
    long group(int row) {
        return group[row];
    }

    long residentPages(int row) {
        return residentPages[row];
    }

    boolean alive(int row) {
        return alive[row];
    }

    /** Returns whether it was found to belong to a group. */
    boolean taken(int row) {
        return taken[row];
    }

    void take(int row) {
        taken[row] = true;
    }
}
