/** The processes that are measured, and the programs that nbguard is compared with. */
@NullMarked
package io.nbguard.benchmarks.rig;

import org.jspecify.annotations.NullMarked;
