package io.nbguard.cgroup.process;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory that both Java and system calls see; Java reads it without a call. */
final class NativeMemory {

    private final ByteBuffer buffer;
    private final long address;

    NativeMemory(int bytes) {
        buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        address = Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }

    ByteBuffer buffer() {
        return buffer;
    }

    long address() {
        return address;
    }
}
