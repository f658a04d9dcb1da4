package io.nbguard.cgroup.libc;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Descriptors of files and directories, which no interrupt of a thread closes. */
public final class Descriptors {

    private Descriptors() {}

    /** Opens a file or directory for reading; returns -1 if that fails. */
    public static int open(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        NativeMemory text = new NativeMemory(name.length + 1);
        text.buffer().put(name).put((byte) 0);
        try {
            return LinuxCalls.open(text.address(), LinuxCalls.O_RDONLY | LinuxCalls.O_CLOEXEC);
        } finally {
            Reference.reachabilityFence(text);
        }
    }

    /** Takes the advisory lock of an open file, unless another has it (flock(2)); closing the descriptor gives it back. */
    public static boolean tryLock(int descriptor) {
        return LinuxCalls.flock(descriptor, LinuxCalls.LOCK_EX | LinuxCalls.LOCK_NB) == 0;
    }
}
