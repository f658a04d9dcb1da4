package io.nbguard.core.sidecar;

/**
 * The process that started this one. The kernel gives a process another parent at the moment its own ends, also when that
 * one stays as a zombie, and never gives it the old one back.
 *
 * @param pid its id
 */
record Parent(long pid) {

    /** Returns the parent as it is now. */
    static Parent current() {
        return new Parent(now());
    }

    private static long now() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }

    /** Returns whether it is still the parent. */
    boolean isAlive() {
        return now() == pid;
    }
}
