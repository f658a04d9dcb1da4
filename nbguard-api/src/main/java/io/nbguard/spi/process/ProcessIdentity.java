package io.nbguard.spi.process;

/**
 * Distinguishes a process from every other, also from a later one with the same id.
 *
 * @param pid its id, in nbguard's PID namespace
 * @param startTicks when it started, in clock ticks since boot ({@code /proc/PID/stat} field 22)
 */
public record ProcessIdentity(long pid, long startTicks) {}
