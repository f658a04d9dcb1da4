package io.nbguard.cgroup.process;

import com.sun.jna.Native;
import io.nbguard.cgroup.kernel.KernelText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Looks at processes by system calls. A third of the price of streams, allocates nothing, and a process that is not there
 * costs no exception: most ids that discovery looks at were threads or have ended already.
 */
final class NativeReader implements ProcessReader {

    private static final int TEXT = 1024;
    private static final byte[] STAT = "/stat\0".getBytes(StandardCharsets.US_ASCII);

    private final NativeMemory memory;
    private final int root;
    private final KernelText text = new KernelText(TEXT);

    NativeReader(Path proc) {
        byte[] prefix = (proc + "/").getBytes(StandardCharsets.UTF_8);
        root = TEXT + prefix.length;
        memory = new NativeMemory(root + 20 + STAT.length);
        memory.buffer().put(TEXT, prefix);
    }

    @Override
    public Look read(long pid, StatLine line) {
        writePath(pid);
        int descriptor = LinuxCalls.open(memory.address() + TEXT, LinuxCalls.O_RDONLY | LinuxCalls.O_CLOEXEC);
        if (descriptor < 0) {
            return lookOf(Native.getLastError());
        }
        long length = LinuxCalls.pread(descriptor, memory.address(), TEXT, 0);
        int error = length < 0 ? Native.getLastError() : 0;
        LinuxCalls.close(descriptor);
        if (length < 0) {
            return lookOf(error);
        }
        text.set(memory.buffer(), (int) length);
        return Look.at(text, line);
    }

    private static Look lookOf(int error) {
        return error == LinuxCalls.ENOENT || error == LinuxCalls.ESRCH ? Look.ABSENT : Look.UNREADABLE;
    }

    private void writePath(long pid) {
        ByteBuffer buffer = memory.buffer();
        int digits = 1;
        for (long rest = pid / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = pid;
        for (int i = digits - 1; i >= 0; i--) {
            buffer.put(root + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        buffer.put(root + digits, STAT);
    }
}
