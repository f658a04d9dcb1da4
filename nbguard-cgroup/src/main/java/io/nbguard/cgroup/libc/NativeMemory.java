package io.nbguard.cgroup.libc;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory that both Java and system calls see; Java reads it without a call. */
public final class NativeMemory {

    private final ByteBuffer buffer;
    private final long address;

    /** Makes some; zeros. */
    public NativeMemory(int bytes) {
        buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        address = Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }

    /** Returns it as Java sees it, in the byte order of the machine. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Returns where it is, for as long as this object is reachable. */
    public long address() {
        return address;
    }
}
