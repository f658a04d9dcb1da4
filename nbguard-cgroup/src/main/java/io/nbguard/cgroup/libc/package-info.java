/**
 * Internal: system calls by JNA, and the memory that they read and write. Any use fails with a {@link LinkageError} where JNA cannot load:
 * {@link io.nbguard.cgroup.process.Processes#noCalls} is asked first.
 */
@NullMarked
package io.nbguard.cgroup.libc;

import org.jspecify.annotations.NullMarked;
