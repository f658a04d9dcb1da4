package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.libc.Descriptors;
import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A {@code cgroup.events} file that can be waited for. For one thread. */
final class GroupEvents implements AutoCloseable {

    private static final int ROOM = 256;

    private final NativeMemory text = new NativeMemory(ROOM);
    private final NativeMemory pollfd = new NativeMemory(8);
    private final int descriptor;

    GroupEvents(Path group) {
        descriptor = Descriptors.open(group.resolve("cgroup.events"));
    }

    /** Reads it, which also arms {@link #await}; returns null if the group has gone. */
    @Nullable String read() {
        if (descriptor < 0) {
            return null;
        }
        long length = LinuxCalls.pread(descriptor, text.address(), ROOM, 0);
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[(int) length];
        text.buffer().get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /** Waits until the kernel says that it has changed since it was read, or the time is up. */
    void await(int millis) {
        pollfd.buffer().putInt(0, descriptor).putShort(4, LinuxCalls.POLLPRI).putShort(6, (short) 0);
        LinuxCalls.poll(pollfd.address(), 1, millis);
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            LinuxCalls.close(descriptor);
        }
    }
}
