/** The ways of measuring that are compared: nbguard's, the kernel's floor, and what others do. */
@NullMarked
package io.nbguard.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
