package io.nbguard.cgroup.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A memory cgroup (v1) of a test's own, with a limit; removed when the test is over. */
final class MemoryGroup implements AutoCloseable {

    private static final Path TOP = Path.of("/sys/fs/cgroup/memory");

    private final Path folder;

    private MemoryGroup(Path folder) {
        this.folder = folder;
    }

    /** Makes one; skips the test where that is not possible. */
    static MemoryGroup limitedTo(long bytes) throws IOException {
        assumeTrue(
                Files.exists(TOP.resolve("cgroup.procs")) && Files.isWritable(TOP),
                "needs a cgroup v1 memory hierarchy with groups to be made in " + TOP);
        MemoryGroup group = new MemoryGroup(Files.createTempDirectory(TOP, "nbguard-test-"));
        Files.writeString(group.folder.resolve("memory.limit_in_bytes"), Long.toString(bytes));
        return group;
    }

    /** Returns a command that joins the group and then becomes {@code command}. */
    String[] joinedBy(String... command) {
        List<String> joining = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo $$ > \"$0\" && exec \"$@\"",
                folder.resolve("cgroup.procs").toString()));
        joining.addAll(List.of(command));
        return joining.toArray(String[]::new);
    }

    long usedBytes() throws IOException {
        return Long.parseLong(
                Files.readString(folder.resolve("memory.usage_in_bytes")).strip());
    }

    @Override
    public void close() throws Exception {
        for (String pid : Files.readAllLines(folder.resolve("cgroup.procs"))) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
        // It counts as busy for a moment after its last process has died.
        Tracked.waitFor("the end of " + folder, () -> {
            try {
                return Files.deleteIfExists(folder);
            } catch (IOException e) {
                return false;
            }
        });
    }
}
