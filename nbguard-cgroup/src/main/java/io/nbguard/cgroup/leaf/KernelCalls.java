package io.nbguard.cgroup.leaf;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.nbguard.cgroup.process.CLibrary;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The system calls that cgroups need besides their files. Any use fails with a {@link LinkageError} where JNA cannot load:
 * {@link io.nbguard.cgroup.process.Processes#noCalls} is asked first.
 */
final class KernelCalls {

    // These have the same number on every architecture.
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;
    private static final long PROCESS_MRELEASE = 448;

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final short POLLPRI = 2;

    static {
        CLibrary.bind(KernelCalls.class);
    }

    private KernelCalls() {}

    private static native int open(long pathAddress, int flags);

    private static native int close(int descriptor);

    private static native int flock(int descriptor, int operation);

    private static native long pread(int descriptor, long bufferAddress, long count, long offset);

    private static native int poll(long pollfdAddress, long count, int timeoutMillis);

    private static native long syscall(long number, long first, long second, long third, long fourth);

    /** Opens a file or directory for reading; returns -1 if that fails. */
    static int open(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer text = ByteBuffer.allocateDirect(name.length + 1);
        text.put(name).put((byte) 0);
        try {
            return open(address(text), O_RDONLY | O_CLOEXEC);
        } finally {
            Reference.reachabilityFence(text);
        }
    }

    /** Closes a descriptor of {@link #open} or {@link #pidfd}. */
    static void closeDescriptor(int descriptor) {
        close(descriptor);
    }

    /** Takes the advisory lock of an open file, unless another has it (flock(2)); closing the descriptor gives it back. */
    static boolean tryLock(int descriptor) {
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    }

    /** Opens a pidfd; returns -1 if there is no such process, or the kernel has none of them. */
    static int pidfd(long pid) {
        return (int) syscall(PIDFD_OPEN, pid, 0, 0, 0);
    }

    /** Sends SIGKILL to the process of a pidfd. */
    static void kill(int pidfd) {
        syscall(PIDFD_SEND_SIGNAL, pidfd, SIGKILL, 0, 0);
    }

    /** Sends SIGCONT to the process of a pidfd. */
    static void resume(int pidfd) {
        syscall(PIDFD_SEND_SIGNAL, pidfd, SIGCONT, 0, 0);
    }

    /** Gives back the memory of a process that was killed, with our CPU time; does nothing to one that is not dying. */
    static void release(int pidfd) {
        syscall(PROCESS_MRELEASE, pidfd, 0, 0, 0);
    }

    /** A {@code cgroup.events} file that can be waited for. For one thread. */
    static final class Events implements AutoCloseable {

        private static final int ROOM = 256;

        private final ByteBuffer text = ByteBuffer.allocateDirect(ROOM);
        private final ByteBuffer pollfd = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        private final long textAddress = address(text);
        private final long pollfdAddress = address(pollfd);
        private final int descriptor;

        Events(Path group) {
            descriptor = open(group.resolve("cgroup.events"));
        }

        /** Reads it, which also arms {@link #await}; returns null if the group has gone. */
        @Nullable String read() {
            if (descriptor < 0) {
                return null;
            }
            long length = pread(descriptor, textAddress, ROOM, 0);
            if (length < 0) {
                return null;
            }
            byte[] bytes = new byte[(int) length];
            text.get(0, bytes);
            return new String(bytes, StandardCharsets.US_ASCII);
        }

        /** Waits until the kernel says that it has changed since it was read, or the time is up. */
        void await(int millis) {
            pollfd.putInt(0, descriptor).putShort(4, POLLPRI).putShort(6, (short) 0);
            poll(pollfdAddress, 1, millis);
        }

        @Override
        public void close() {
            if (descriptor >= 0) {
                KernelCalls.closeDescriptor(descriptor);
            }
        }
    }

    private static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }
}
