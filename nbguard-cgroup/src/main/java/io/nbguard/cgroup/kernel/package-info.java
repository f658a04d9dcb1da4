/** Internal: reading the kernel's text files without allocating. */
@NullMarked
package io.nbguard.cgroup.kernel;

import org.jspecify.annotations.NullMarked;
