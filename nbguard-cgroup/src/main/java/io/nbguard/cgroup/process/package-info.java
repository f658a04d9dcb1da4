/**
 * Internal: knows every process of an execution by {@code /proc}: which belong to it, what they use, and how to end it.
 *
 * <p>Read it in this order: {@link io.nbguard.cgroup.process.ProcSession} (the tick), {@link
 * io.nbguard.cgroup.process.Discovery} and {@link io.nbguard.cgroup.process.Kinship} (which belong), {@link
 * io.nbguard.cgroup.process.Member} and {@link io.nbguard.cgroup.process.TreeReading} (what it uses), {@link
 * io.nbguard.cgroup.process.TreeKill} (how it ends).
 */
@NullMarked
package io.nbguard.cgroup.process;

import org.jspecify.annotations.NullMarked;
