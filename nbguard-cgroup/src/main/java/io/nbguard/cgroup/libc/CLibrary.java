package io.nbguard.cgroup.libc;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.security.ProtectionDomain;
import java.util.Map;

/**
 * Binds the native methods of a class to the C library, by JNA's direct mapping: a call allocates nothing and takes some 100 ns.
 * JNA keeps a class that is bound so, and with it the loader of that class, for as long as this JVM lives.
 */
final class CLibrary {

    private CLibrary() {}

    /**
     * Binds them.
     *
     * @throws LinkageError if JNA cannot load, or there is no such function
     */
    @SuppressWarnings("removal")
    static void bind(Class<?> calls) {
        Thread current = Thread.currentThread();
        ClassLoader callers = current.getContextClassLoader();
        // JNA starts a thread for a while ("JNA Cleaner"). It must keep nothing of who happens to be the first to call,
        // neither the context class loader nor the protection domains of the stack.
        current.setContextClassLoader(null);
        try {
            AccessController.doPrivileged(
                    (PrivilegedAction<Void>) () -> {
                        bindNow(calls);
                        return null;
                    },
                    new AccessControlContext(new ProtectionDomain[0]));
        } finally {
            current.setContextClassLoader(callers);
        }
    }

    private static void bindNow(Class<?> calls) {
        // The C library that the JVM itself is linked with, whatever its name is here; an instance of our own, since
        // others
        // may share the usual one.
        try (NativeLibrary library = NativeLibrary.getInstance(null, Map.of("nbguard", calls.getName()))) {
            Native.register(calls, library);
        }
        // Closed: the functions stay where they are, and JNA's thread has nothing to wait for and ends.
    }
}
