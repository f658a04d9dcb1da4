package io.nbguard.cgroup.process;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory that processes hold through open files: what memfd_create(2) made, and files on tmpfs, deleted ones too. Each file
 * counts once, however many processes have it open, by the blocks that it really has. Pages that are mapped are in the RSS of
 * the process that maps them and are taken off again. Pipes and socket buffers show nowhere. For one thread and one
 * measurement; needs system calls.
 */
final class OpenMemory {

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final String UNNAMED = "/memfd:";
    private static final String MAPPED = "RssShmem:";
    private static final int MOST_FILES = 4096;
    private static final int LOOK_AT_CLOCK = 32;
    private static final int BLOCK_BYTES = 512;

    /** {@code newfstatat} has a number for each architecture; -1 where it is not known here. */
    private static final long NEWFSTATAT =
            switch (System.getProperty("os.arch", "")) {
                case "amd64", "x86_64" -> 262;
                case "aarch64", "riscv64" -> 79;
                default -> -1;
            };

    // struct stat: these three are at the same places on all of them.
    private static final int STAT_BYTES = 256;
    private static final int DEVICE_AT = 0;
    private static final int INODE_AT = 8;
    private static final int BLOCKS_AT = 64;
    private static final long AT_FDCWD = -100;
    private static final int LONGEST_PATH = 64;

    private final Machine machine;
    private final ProcessReader reader;
    private final long endNanos;
    private final Map<String, Boolean> tmpfs = new HashMap<>();
    private final Map<FileKey, Long> files = new HashMap<>();
    private final NativeMemory stat = new NativeMemory(STAT_BYTES);
    private final NativeMemory path = new NativeMemory(LONGEST_PATH);
    private final StatLine line = new StatLine();
    private long mapped;

    private record FileKey(long device, long inode) {}

    private OpenMemory(Machine machine, ProcessReader reader, long longestNanos) {
        this.machine = machine;
        this.reader = reader;
        endNanos = System.nanoTime() + longestNanos;
    }

    /** Measures what members hold; 0 if that cannot be read here. */
    static long measure(List<KnownMember> members, Machine machine, ProcessReader reader, long longestNanos) {
        if (!machine.calls().available() || NEWFSTATAT < 0 || longestNanos <= 0) {
            return 0;
        }
        OpenMemory memory = new OpenMemory(machine, reader, longestNanos);
        try {
            memory.findTmpfs();
            for (KnownMember member : members) {
                memory.look(member);
            }
        } catch (IOException e) {
            return 0;
        }
        return memory.bytes();
    }

    private long bytes() {
        long sum = 0;
        for (long bytes : files.values()) {
            sum += bytes;
        }
        return Math.max(0, sum - mapped);
    }

    /** A line of mountinfo: {@code 36 35 0:27 / /dev/shm rw,nosuid - tmpfs tmpfs rw}. */
    private void findTmpfs() throws IOException {
        for (String mount : ProcFiles.text(MOUNTS).split("\n")) {
            String[] fields = mount.split(" ", 6);
            if (fields.length == 6) {
                tmpfs.put(fields[4].equals("/") ? "" : fields[4], mount.contains(" - tmpfs "));
            }
        }
    }

    private boolean isLate() {
        return System.nanoTime() - endNanos >= 0;
    }

    private void look(KnownMember member) {
        long pid = member.identity().pid();
        Map<FileKey, Long> before = new HashMap<>(files);
        long mappedBefore = mapped;
        lookAtFiles(pid);
        mapped += mappedOf(pid);
        if (!reader.is(pid, member.identity().startTicks(), line)) {
            // What was read may be another process's that has its id now.
            files.keySet().retainAll(before.keySet());
            mapped = mappedBefore;
        }
    }

    private void lookAtFiles(long pid) {
        Path folder = machine.proc().resolve(Long.toString(pid)).resolve("fd");
        int looked = 0;
        try (DirectoryStream<Path> links = Files.newDirectoryStream(folder)) {
            for (Path link : links) {
                if (looked++ == MOST_FILES || (looked % LOOK_AT_CLOCK == 1 && isLate())) {
                    return;
                }
                take(link);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has ended, or may not be looked into: a supervisor, which holds nothing.
            return;
        }
    }

    private void take(Path link) {
        // By name first: to ask a file system for a file's state is to wait for it, and one that does not answer, such
        // as that
        // of a server that has gone, would hold up the kill.
        if (!isInMemory(link)) {
            return;
        }
        byte[] name = link.toString().getBytes(StandardCharsets.US_ASCII);
        if (name.length >= LONGEST_PATH) {
            return;
        }
        path.buffer().position(0);
        path.buffer().put(name).put((byte) 0);
        if (LinuxCalls.syscall(NEWFSTATAT, AT_FDCWD, path.address(), stat.address(), 0) != 0) {
            return;
        }
        long blocks = stat.buffer().getLong(BLOCKS_AT);
        long device = stat.buffer().getLong(DEVICE_AT);
        if (blocks > 0) {
            files.put(new FileKey(device, stat.buffer().getLong(INODE_AT)), blocks * BLOCK_BYTES);
        }
    }

    private boolean isInMemory(Path link) {
        String target;
        try {
            target = Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return false;
        }
        return target.startsWith(UNNAMED) || (target.startsWith("/") && isOnTmpfs(target));
    }

    /** The mount point that is the longest beginning of a path has it. */
    private boolean isOnTmpfs(String path) {
        for (int end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
            Boolean found = tmpfs.get(path.substring(0, end));
            if (found != null) {
                return found;
            }
        }
        return false;
    }

    /** Returns what of shared memory a process has in its RSS. */
    private long mappedOf(long pid) {
        try {
            return ProcFiles.text(machine.proc().resolve(Long.toString(pid)).resolve("status"))
                    .lines()
                    .filter(text -> text.startsWith(MAPPED))
                    .mapToLong(text -> 1024
                            * Long.parseLong(text.substring(MAPPED.length(), text.length() - 2)
                                    .strip()))
                    .sum();
        } catch (IOException | RuntimeException gone) {
            return 0;
        }
    }
}
